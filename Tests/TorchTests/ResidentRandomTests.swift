import Foundation
import Testing
import Torch

/// Random numbers drawn by tensor operators, where a training's data lie, against those that the host draws.
struct ResidentRandomTests {
    private let stream = RandomStream(seed: 11, purpose: "test")
    private let jets: [UInt32] = [0, 7, 4_294_967_295, 123_456]

    /// Names of these jets that the host does not know.
    private func names(_ jets: [UInt32], epoch: UInt32, view: UInt32, on device: Device = .cpu) -> RowNames {
        RowNames(
            resident: Tensor(jets.map(Int64.init)).to(device), epoch: Tensor([Int64(epoch)]).to(device), view: view)
    }

    @Test(arguments: [1, 3, 16, 63, 64, 65, 200]) func `Words are the host's, bit for bit`(_ count: Int) {
        let drawn = stream.words(count, names(jets, epoch: 9, view: 2))
        #expect(drawn.shape == [jets.count, count])
        let expected = jets.flatMap { stream.words(count, jet: $0, epoch: 9, view: 2).map(Int64.init) }
        #expect(drawn.elements(Int64.self) == expected)
    }

    @Test func `Uniform numbers are the host's, and normal ones but for rounding`() {
        let rows = names(jets, epoch: 1, view: 0)
        let uniforms = jets.flatMap { stream.uniforms(5, jet: $0, epoch: 1) }
        #expect(stream.uniforms(5, rows).elements(Double.self) == uniforms)
        let normals = jets.flatMap { stream.normals(5, jet: $0, epoch: 1) }
        for (drawn, expected) in zip(stream.normals(5, rows).elements(Double.self), normals) {
            #expect(abs(drawn - expected) < 1e-13 * max(1, abs(expected)))
        }
    }

    @Test func `Rows joined from several views keep their names`() {
        let joined = names([1, 2], epoch: 3, view: 0) + names([1, 2], epoch: 3, view: 1)
        #expect(joined.isResident && joined.count == 4)
        let expected = [(1, 0), (2, 0), (1, 1), (2, 1)].flatMap { jet, view in
            stream.words(4, jet: jet, epoch: 3, view: view).map(Int64.init)
        }
        #expect(stream.words(4, joined).elements(Int64.self) == expected)
    }

    @Test(arguments: [[4, 6], [4, 3, 21], [4, 2, 5, 5]], [0.1, 0.5])
    func `Dropout drops what the kernel drops, and has the same derivative`(_ shape: [Int], _ probability: Double) {
        let x = Tensor((0..<shape.reduce(1, *)).map { Float($0) / 10 + 1 }, shape: shape)
        let host = RowNames(jets: jets, epoch: 9, view: 2), resident = names(jets, epoch: 9, view: 2)
        let expected = x.dropout(probability, stream, host).elements(Float.self)
        #expect(expected.contains(0) && expected.contains { $0 != 0 })
        #expect(x.dropout(probability, stream, resident).elements(Float.self) == expected)
        func slope(_ rows: RowNames) -> [Float] {
            let variable = x.asVariable()
            return recording {
                gradients(of: variable.dropout(probability, stream, rows).squared().sum(), with: [variable])[0]
            }.elements()
        }
        #expect(slope(resident) == slope(host))
    }

    @Test func `Nothing of it needs the host`() {
        // A tensor on the device `meta` has no numbers: an operator that wanted one would fail.
        let rows = names(jets, epoch: 1, view: 1, on: .meta)
        #expect(stream.normals(3, rows).shape == [4, 3])
        let x = Tensor.zeros([4, 10], device: .meta)
        #expect(x.dropout(0.2, stream, rows).device == .meta)
    }
}
