import Testing
import Torch

struct GradientTests {
    @Test func `The gradient of a cube is three squares`() {
        let x = Tensor([1.0, -2, 3]).asVariable()
        let gradient = gradients(of: (x * x * x).sum(), with: [x])[0]
        #expect(gradient.elements(Double.self) == [3, 12, 27])
    }

    @Test func `A gradient can be differentiated again`() {
        let x = Tensor([1.0, -2, 3]).asVariable()
        let first = gradients(of: (x * x * x).sum(), with: [x], recording: true)[0]
        let second = gradients(of: first.sum(), with: [x])[0]
        #expect(second.elements(Double.self) == [6, -12, 18])
    }

    @Test func `A seed contracts the derivative of a vector`() {
        let x = Tensor([1.0, 2, 3]).asVariable()
        let gradient = gradients(of: x * x, seed: Tensor([1.0, 10, 100]), with: [x])[0]
        #expect(gradient.elements(Double.self) == [2, 40, 600])
    }

    @Test func `What the output does not depend on has gradient zero`() {
        let x = Tensor([1.0, 2]).asVariable(), y = Tensor([5.0, 6, 7]).asVariable()
        #expect(gradients(of: x.sum(), with: [x, y])[1].elements(Double.self) == [0, 0, 0])
    }

    @Test func `A kept graph gives the same gradient twice`() {
        let x = Tensor([1.0, 2]).asVariable(), loss = (x * x).sum()
        let first = gradients(of: loss, with: [x], keepingGraph: true)[0].elements(Double.self)
        #expect(gradients(of: loss, with: [x])[0].elements(Double.self) == first)
    }

    @Test func `Nothing is recorded where it is switched off, but where it is switched on within`() {
        let x = Tensor([1.0]).asVariable()
        withoutRecording {
            #expect(!(x * 2).isRecorded)
            recording { #expect((x * 2).isRecorded) }
            #expect(!(x * 2).isRecorded)
        }
        #expect((x * 2).isRecorded)
    }

    @Test func `A variable shares its source's elements`() {
        let theta = Tensor([1.0, 2, 3])
        let variable = theta.narrowed(0, from: 1, length: 2).asVariable()
        theta.withMutableElements(Double.self) { $0[1] = 20 }
        #expect(variable.elements(Double.self) == [20, 3])
    }
}
