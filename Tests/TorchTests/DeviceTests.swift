import Foundation
import Testing
import Torch

struct DeviceTests {
    @Test(arguments: [("auto", DeviceChoice.auto), ("cpu", .cpu), ("cuda", .cuda(0)), ("cuda:3", .cuda(3))])
    func `A device has a name`(_ name: String, _ choice: DeviceChoice) throws {
        #expect(DeviceChoice(name) == choice)
        let coded = try JSONDecoder().decode([DeviceChoice].self, from: JSONEncoder().encode([choice]))
        #expect(coded == [choice])
    }

    @Test(arguments: ["gpu", "cuda:", "cuda:-1", "cuda:x", "cuda:99999", "CPU", ""])
    func `Other names are none`(_ name: String) { #expect(DeviceChoice(name) == nil) }

    @Test(.enabled(if: LibTorch.buildDescription.contains("USE_CUDA=0")))
    func `A build for the CPU says so, and auto goes on with the CPU`() throws {
        #expect(throws: DeviceError.self) { try ComputeDevice.choose(.cuda(0)) }
        do {
            try ComputeDevice.choose(.cuda(0))
        } catch {
            #expect(error.description.contains("build for the CPU alone") && error.description.contains("TORCH_HOME"))
        }
        nonisolated(unsafe) var lines: [String] = []
        try ComputeDevice.choose(.auto) { lines.append($0) }
        #expect(ComputeDevice.current == .cpu)
        #expect(lines.count == 1 && lines[0].hasPrefix("device: cpu, as LibTorch here is a build for the CPU alone"))
    }

    @Test func `An error tells how many devices there are`() {
        #expect(
            DeviceError.noSuchGPU(index: 2, count: 1).description.contains("1 GPU here, so that cuda:2 is none of them")
        )
    }

    @Test(arguments: [("aten::add", "Tensor"), ("aten::mul", "Tensor"), ("aten::atan2", "")])
    func `On meta an elementwise operator takes no tensor of the CPU`(_ name: String, _ overload: String) {
        let there = Tensor.zeros([2, 2], device: .meta), here = Tensor.zeros([2, 2])
        for pair in [(there, here), (here, there)] {
            guard case .failure = Operator(name, overload).attempt([.tensor(pair.0), .tensor(pair.1)]) else {
                Issue.record("\(name) of tensors on two devices")
                continue
            }
        }
        // Of those whose shapes the CPU's kernels tell, too.
        let mask = Tensor.zeros([2, 2], .bool, device: .meta)
        guard case .failure = Operator("aten::where", "self").attempt([.tensor(mask), .tensor(there), .tensor(here)])
        else {
            Issue.record("where of tensors on two devices")
            return
        }
    }

    @Test func `Tensors know that they lie nowhere`() {
        let tensor = Tensor([1.0, 2]).to(.meta)
        #expect(tensor.device == .meta && tensor.shape == [2])
        #expect(Tensor.constant([1, 2], .float64, device: .meta).device == .meta)
        #expect(!DeviceGraph.isAvailable(on: .cpu) && !DeviceGraph.isAvailable(on: .meta))
    }
}
