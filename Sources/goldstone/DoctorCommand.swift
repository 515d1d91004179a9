import ArgumentParser
import Foundation
import Report
import Studies
import Support
import Torch

struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Report what was found here: versions, devices, threads, instruction sets.")

    @Flag(help: "As JSON.")
    var json = false

    func run() throws {
        let gpus: String
        do {
            gpus = "\(try ComputeDevice.gpus(DeviceOption.programFolder))"
        } catch {
            gpus = "none: \(error.reason)"
        }
        let environment = Environment(threads: Machine().cores)
        if json {
            print(String(decoding: try Support.json(environment), as: UTF8.self))
            return
        }
        let machine = environment.machine
        func gigabytes(_ bytes: Int?) -> String {
            bytes.map { String(format: "%.1f GB", Double($0) / 1e9) } ?? "unknown"
        }
        let commit =
            environment.commit.map { "\($0.commit)\($0.isClean ? "" : ", with changes")" } ?? "not in a checkout"
        let figures = FigureRenderer().description()
        print(
            """
            goldstone         \(environment.goldstone) (\(commit))
            Swift             \(machine.swiftVersion)
            LibTorch          \(environment.libTorch), kernels for \(environment.libTorchInstructionSet)
            GPUs              \(gpus)
            processor         \(machine.processor), \(machine.cores) cores
            instruction sets  \(machine.instructionSets.joined(separator: ", "))
            memory            \(gigabytes(machine.memory)), \(gigabytes(machine.availableMemory)) available
            system            \(machine.operatingSystem)
            figures           \(figures.drawer.map { "drawn by \($0)" } ?? "written as Vega-Lite only: \(figures.problem ?? "")")
            generator         \(GenerateCommand.version ?? "goldstone-generate is not built")
            """)
    }
}
