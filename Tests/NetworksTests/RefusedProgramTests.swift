import Fixtures
import Foundation
import Networks
import Testing
import Torch

/// Networks that can't be measured: each error names what is at fault and how to export instead.
@Suite(.enabled(if: PyTorch.isThere))
struct RefusedProgramTests {
    /// What opening, running and differentiating a file twice says.
    private func complaint(_ file: String) throws -> String {
        let path = try Programs.path(file)
        do {
            let program = try NetworkPrograms.open(path)
            let numbers = Tensor(RandomStream(seed: 1, purpose: "inputs").normals(3 * 6 * 7), shape: [3, 6, 7])
            let inputs = program.exampleInputs(count: 3) ?? [numbers.to(.float32)]
            _ = try program.check(inputs)
            let theta = program.parameters.variables(of: program.theta)
            return try program.placeWithoutSecondDerivative(theta, inputs).map { "\($0)" } ?? "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [
        ("training.pt2", ["batch_norm", "training mode", "model.eval()", "programs.py"]),
        ("training-decomposed.pt2", ["model.eval()"]),
        ("dropout.pt2", ["`dropout`", "aten.dropout.default", "model.eval()", "F.dropout(features, 0.5, True)"]),
        ("dropout.pt", ["two runs on the same inputs differ", "model.eval()"]),
        ("fixed-batch.pt2", ["`features`", "fixed to 12", "dynamic_shapes"]),
        ("fused-attention.pt2", ["_scaled_dot_product", "no second derivative", "SDPBackend.MATH"]),
        ("buffer.pt2", ["buffer `calls`", "changes it", "model.eval()"]),
        ("buffer-in-place.pt2", ["changes", "model.eval()"]),
        ("buffer.pt", ["changes its own buffers", "model.eval()"]),
        ("batch-statistics.pt2", ["batch_norm", "training mode"]),
        ("batch-statistics.pt", ["aten::batch_norm", "depends on the other samples", "track_running_stats=True"]),
        ("no-grad.pt2", ["torch.no_grad", "leave them out"]),
        ("custom.pt2", ["mine.double.default", "PyTorch's own operators"]),
        ("state-dict.pt", ["torch.export.save"]),
    ])
    func `A network that can't be measured says why and what to do`(file: String, parts: [String]) throws {
        let complaint = try complaint("refused-\(file)")
        for part in parts { #expect(complaint.contains(part), "\(complaint)") }
        #expect(complaint.contains("refused-\(file)"))
    }

    @Test(arguments: Programs.names.flatMap { name in Programs.endings.map { "\(name).\($0)" } })
    func `A network that can be measured has nothing against it`(file: String) throws {
        let name = String(file.split(separator: ".")[0]),
            given = try Programs.open(name, String(file.split(separator: ".")[1]))
        _ = try given.program.check(given.samples.inputs)
        let theta = given.program.parameters.variables(of: given.program.theta)
        #expect(try given.program.placeWithoutSecondDerivative(theta, given.samples.inputs) == nil)
    }
}
