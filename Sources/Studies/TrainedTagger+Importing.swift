import Foundation
import Jets
import Networks
import Support
import Torch

extension TrainedTagger {
    /// Weights that another program trained, PyTorch for one: a safetensors file with the tensors of one of our networks
    /// under their names in a `state_dict`, in any order and any floating-point type (rounded to float).
    ///
    /// - Parameters:
    ///   - path: the safetensors file; its metadata are not read
    ///   - description: what network that is, and what it expects of jets
    /// - Throws: `SafetensorsError` where the file is damaged or a tensor is missing, unexpected or of another shape;
    ///   `FileError` where a weight is no finite number.
    public init(importing path: String, as description: Description) throws {
        let file = try Safetensors(contentsOf: path)
        let table = TaggerNetwork(description.network).parameters
        try file.check(table.entries.map { ($0.name, $0.shape) }, file: path)
        let values = try table.entries.flatMap { entry in
            let numbers = try file[entry.name]!.roundedFloats()
            if let place = numbers.firstIndex(where: { !$0.isFinite }) {
                throw FileError.malformed(
                    path: path,
                    reason: "number \(place + 1) of “\(entry.name)” is \(numbers[place]): no weight can be that")
            }
            return numbers
        }
        self.init(theta: Tensor(values), description: description)
    }

    /// As ``init(importing:as:)``, the network being that of one of a study's variants, and the jets the study's: where it
    /// scales the features, they are read for their means and standard deviations.
    ///
    /// - Throws: as ``init(importing:as:)``; `JetsError` and `HDF5Error` where the jets can't be read.
    public init(
        importing path: String, as variant: StudySettings.VariantSettings, of study: StudySettings, seed: UInt64
    ) throws {
        // A wrong file is told before jets are read, which takes longer.
        let network = study.network(of: variant)
        let plain = Description(
            network: network, input: Input(study.data, scaling: nil), variant: variant.name, seed: seed)
        let theta = try TrainedTagger(importing: path, as: plain).theta
        let input = study.data.scalesFeatures ? try StudyData(study.data).input : plain.input
        self.init(
            theta: theta,
            description: Description(network: network, input: input, variant: variant.name, seed: seed))
    }
}
