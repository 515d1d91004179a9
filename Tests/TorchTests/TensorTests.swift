import Foundation
import Testing
import Torch

struct TensorTests {
    @Test func `Elements come back as they went in`() {
        let values: [Float] = [1, -2, 3.5, 0, 5, 6]
        let tensor = Tensor(values, shape: [2, 3])
        #expect(tensor.shape == [2, 3])
        #expect(tensor.elements(Float.self) == values)
        #expect(tensor.transposed(0, 1).elements(Float.self) == [1, 0, -2, 5, 3.5, 6])
        #expect(tensor.scalarType == .float32)
        #expect(tensor.device == .cpu)
    }

    @Test func `Operators take LibTorch's defaults for missing arguments`() {
        let a = Tensor([1.0, 2, 3]), b = Tensor([10.0, 20, 30])
        #expect((a + b).elements(Double.self) == [11, 22, 33])
        #expect((a - b).elements(Double.self) == [-9, -18, -27])
        #expect((a * 2 - 1).elements(Double.self) == [1, 3, 5])
        #expect((1 - a).elements(Double.self) == [0, -1, -2])
        #expect(a.sum().item == 6)
    }

    @Test func `An item keeps all digits of a double`() {
        #expect(Tensor([0.1]).item == 0.1)
        #expect(Tensor([Int64(1) << 40]).item == 1_099_511_627_776)
    }

    @Test func `An index list with gaps reaches the dispatcher`() {
        let index = Operator("aten::index", "Tensor")
        let matrix = Tensor([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
        let picked = index.one(.tensor(matrix), .tensors([Tensor([Int64(1), 0])]))
        #expect(picked.elements(Double.self) == [4, 5, 6, 1, 2, 3])
    }

    @Test func `An operator with many results gives them all`() {
        let parts = Tensor((0..<20).map(Double.init)).split(Array(repeating: 1, count: 20))
        #expect(parts.map(\.item) == (0..<20).map(Double.init))
    }

    @Test func `Shapes that do not fit come back as LibTorch's message where they are asked for`() throws {
        let product = Operator("aten::mm")
        let result = product.attempt([.tensor(.zeros([2, 3])), .tensor(.zeros([4, 5]))])
        guard case .failure(let error) = result else {
            Issue.record("a product of [2, 3] and [4, 5] succeeded")
            return
        }
        #expect(error.description.contains("mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)"))
    }

    @Test func `Shapes that do not fit trap otherwise`() async {
        await #expect(processExitsWith: .failure) {
            _ = Tensor.zeros([2, 3]).matmul(.zeros([4, 5]))
        }
    }

    @Test func `An unknown operator traps`() async {
        await #expect(processExitsWith: .failure) { _ = Operator("aten::no_such_operator") }
    }

    /// In a process of its own: other tests' memory would count here.
    @Test func `Memory stays constant over 10,000 steps of a small network`() async {
        await #expect(processExitsWith: .success) {
            let weight = Tensor.full([64, 64], 0.01).asVariable(), x = Tensor.full([128, 64], 1)
            func steps(_ count: Int) {
                for _ in 0..<count {
                    let loss = x.matmul(weight).relu().matmul(weight).squared().mean()
                    let gradient = gradients(of: loss, with: [weight])[0]
                    withoutRecording { _ = weight - gradient }
                }
            }
            steps(1_000)
            let before = residentBytes()
            steps(10_000)
            // One forgotten tensor of a step (16 kB to 33 kB) would make 160 MB.
            let growth = residentBytes() - before
            precondition(growth < 16_000_000, "10,000 steps took \(growth) bytes more")
        }
    }
}

/// Memory of this process that is in use now.
func residentBytes() -> Int {
    let pages = try! String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")[1]
    return Int(pages)! * Int(getpagesize())
}
