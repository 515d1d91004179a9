import HDF5
import Jets
import Objectives
import Torch

/// Jets as a tagger sees them, for programs that compute no features.
public struct TaggerInputs {
    let tagger: TrainedTagger
    let data: TaggingData

    /// - Parameter data: the jets as the tagger expects them
    public init(of tagger: TrainedTagger, _ data: TaggingData) {
        self.tagger = tagger
        self.data = data
    }

    /// Writes HDF5: `features` [N, n, 7] as the network sees them, scaled where the tagger scales; `mask` [N, n], 1 where
    /// there is a constituent; `constituents` [N, n, 4] and `jet` [N, 4], (E, px, py, pz) in GeV; `label` [N], 1 for
    /// signal; `index` [N], the jet's place in the files. Cost: memory for a few thousand jets.
    ///
    /// - Throws: `HDF5Error`.
    public func write(to path: String) throws {
        let slots = data.constituents.shape[1], block = 4096
        let file = try HDF5Writer(path: path)
        let features = try file.addDataset("features", of: Float.self, rowShape: [slots, Features.names.count])
        let mask = try file.addDataset("mask", of: UInt8.self, rowShape: [slots])
        let constituents = try file.addDataset("constituents", of: Float.self, rowShape: [slots, 4])
        let jet = try file.addDataset("jet", of: Float.self, rowShape: [4], chunkRows: block)
        let label = try file.addDataset("label", of: UInt8.self, chunkRows: block)
        let places = try file.addDataset("index", of: Int64.self, chunkRows: block)
        for start in stride(from: 0, to: data.count, by: block) {
            let rows = start..<min(start + block, data.count)
            let slice = data.slice(Array(rows)), batch = slice.batch
            try features.append(batch.features.elements(Float.self))
            try mask.append(batch.mask.to(.uint8).elements(UInt8.self))
            try constituents.append(slice.constituents.elements(Float.self))
            try jet.append(slice.jets.elements(Float.self))
            try label.append(slice.labels.elements(Float.self).map { UInt8($0) })
            try places.append(slice.names.map(Int64.init))
        }
        try features.setAttribute("names", .strings(Features.names))
        try features.setAttribute("scaled", .integer(data.scaling == nil ? 0 : 1))
        try file.setAttribute("signal", .string(tagger.description.input.signal.name))
        try file.setAttribute("background", .string(tagger.description.input.background.name))
        try file.close()
    }
}
