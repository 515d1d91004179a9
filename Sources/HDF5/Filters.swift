import CHDF5

/// The filters that a dataset's pieces go through. Inside the lock only.
enum Filters {
    /// The first filter of a dataset that this HDF5 lacks, in words; nil where it has all.
    static func missing(of dataset: hid_t) -> String? {
        let creation = H5Dget_create_plist(dataset)
        guard creation >= 0 else { return nil }
        let properties = Handle(creation)
        for place in 0..<UInt32(max(H5Pget_nfilters(properties.id), 0)) {
            var flags: UInt32 = 0, values = 0, configuration: UInt32 = 0
            var name = [CChar](repeating: 0, count: 64)
            let filter = H5Pget_filter2(
                properties.id, place, &flags, &values, nil, name.count, &name, &configuration)
            guard filter >= 0, H5Zfilter_avail(filter) <= 0 else { continue }
            let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return "\(text.isEmpty ? known[filter] ?? "a filter" : text) (HDF5 filter \(filter))"
        }
        return nil
    }

    /// Names of the registered filters that jet files are met with, where a file doesn't state one.
    private static let known: [H5Z_filter_t: String] = [
        305: "lzo", 307: "bzip2", 32000: "lzf", 32001: "blosc", 32004: "lz4", 32008: "bitshuffle", 32015: "zstd",
        32026: "blosc2",
    ]
}
