import ArgumentParser
import Foundation
import Studies
import Support
import Torch

@main
struct Goldstone: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "goldstone",
        abstract:
            "Trains jet taggers with and without a soft symmetry loss, and measures how simple a function each learns.",
        version: Environment.version,
        subcommands: [
            StudyCommand.self, StatusCommand.self, ReportCommand.self, TrainCommand.self, EvaluateCommand.self,
            StatisticsCommand.self, ClaimsCommand.self, ImportCommand.self, FeaturesCommand.self,
            InvarianceCommand.self, CurvatureCommand.self, LandscapeCommand.self, RobustnessCommand.self,
            TransferCommand.self, DistillCommand.self, ExportCommand.self, BenchmarkCommand.self,
            CurvatureBenchmarkCommand.self, InspectCommand.self, InspectNetworkCommand.self, GenerateCommand.self,
            DoctorCommand.self,
        ])

    static func main() {
        LibTorch.configureProcess()
        do {
            var command = try parseAsRoot()
            if command is any SharedCommand {
                try Processes.join()
            } else if let count = try Processes.announced(), count > 1 {
                throw ValidationError(
                    "\(count) processes were started for this: only `train` and `curvature` share their work. The steps of a "
                        + "study go to a farm with `study --submit`.")
            }
            try command.run()
            Processes.leave()
        } catch is SharedWorkDone {
            Processes.leave()
        } catch let interrupted as Interrupted {
            log("\(interrupted)")
            Processes.leave()
            exit(withError: ExitCode(Interruption.exitCode))
        } catch {
            exit(withError: error)
        }
    }
}

/// A line to standard error, where progress and messages go: standard output holds results. Of several processes only the
/// first speaks.
@Sendable func log(_ line: String) {
    if Processes.isFollowing { return }
    FileHandle.standardError.write(Data("\(line)\n".utf8))
}

/// A command whose work several processes may share (see ``Processes``).
protocol SharedCommand {}

extension DeviceChoice: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

struct DeviceOption: ParsableArguments {
    @Option(
        help: """
            Where networks run: cpu, cuda, cuda:N, or auto (the first GPU where there is one). Default: what the study file \
            says, else cpu.
            """)
    var device: DeviceChoice?

    /// Takes the device: before anything else is done.
    func choose(_ fromSettings: DeviceChoice? = nil) throws {
        try ComputeDevice.choose(
            device ?? fromSettings ?? .cpu, programFolder: DeviceOption.programFolder, log: log)
    }

    static var programFolder: String {
        URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
    }
}

struct Threads: ParsableArguments {
    @Option(help: "Worker threads; never changes a result. Default: one a core.")
    var threads: Int = Machine().cores

    func validate() throws {
        guard threads > 0 else { throw ValidationError("--threads must be at least 1, not \(threads)") }
    }
}
