/// What can go wrong while jets are generated.
enum GenerateError: Error, CustomStringConvertible, Equatable {
    /// The program was built without Pythia.
    case missingPythia
    /// A setting that makes no sense; `flag` as it is typed.
    case badSetting(flag: String, value: String, wanted: String)
    case cannotReadCommands(path: String)
    /// Pythia refused its settings, or gave up.
    case generator(jets: String, reason: String)
    /// There is a file of that name already, of other settings (`difference`) or of none.
    case outputExists(path: String, difference: String)
    /// The chunks of an earlier run have other settings.
    case otherParts(folder: String, difference: String)
    case anotherRun(folder: String)
    case cannotWrite(path: String, reason: String)
    /// A worker process ended before its chunk was written.
    case workerFailed(chunk: String, status: String, folder: String)

    var description: String {
        switch self {
        case .missingPythia:
            "this program was built without Pythia; run `make generator`, which installs it, and then build again"
        case .badSetting(let flag, let value, let wanted): "\(flag) \(value): \(wanted)"
        case .cannotReadCommands(let path):
            "--commands \(path): there is no such file, or it is no text; give a file of Pythia settings, one a line"
        case .generator(let jets, let reason): "\(jets): \(reason)"
        case .outputExists(let path, let difference):
            "\(path) exists and \(difference); choose another --output, or --overwrite it"
        case .otherParts(let folder, let difference):
            "\(folder) holds the finished chunks of a run whose \(difference); go on with that run's settings, choose "
                + "another --output, or --overwrite them"
        case .anotherRun(let folder):
            "another run is writing to \(folder); wait for it to end, or choose another --output"
        case .cannotWrite(let path, let reason): "cannot write \(path): \(reason)"
        case .workerFailed(let chunk, let status, let folder):
            "\(chunk) was not finished (\(status); the reason is above if there is one). What is finished stays in "
                + "\(folder); the same command goes on from there"
        }
    }
}
