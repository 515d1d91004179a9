import ArgumentParser
import Studies

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take in weights of one of our networks that PyTorch or another program has trained.",
        discussion: """
            The file holds the network's tensors under their names in a PyTorch `state_dict`, as \
            `safetensors.torch.save_file(module.state_dict(), ...)` writes them. What is written knows network and jets, and \
            is read by every command.
            """)

    @Argument(help: "The safetensors file.")
    var state: String

    @Option(help: "A study file: its network and jets.")
    var study: String

    @Option(help: "Whose network it is, and what results call it. Default: the study's first variant.")
    var variant: String?

    @Option(help: "The seed that results call it by.")
    var seed: UInt64 = 1

    @Option(help: "The file to write.")
    var output: String

    func run() throws {
        let settings = try StudySettings(contentsOf: study)
        let chosen = try settings.variant(named: variant)
        let tagger = try TrainedTagger(importing: state, as: chosen, of: settings, seed: seed)
        try tagger.write(to: output)
        print("weights  \(output): \(tagger.network.settings.summary)")
    }
}
