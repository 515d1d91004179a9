import CHDF5

extension HDF5Dataset.Member {
    /// The fields of a compound type; none of any other. Inside the lock only.
    static func all(of type: hid_t) -> [HDF5Dataset.Member] {
        guard H5Tget_class(type) == H5T_COMPOUND else { return [] }
        return (0..<UInt32(max(H5Tget_nmembers(type), 0))).compactMap { index in
            guard let text = H5Tget_member_name(type, index) else { return nil }
            defer { H5free_memory(text) }
            let own = H5Tget_member_type(type, index)
            guard own >= 0 else { return nil }
            let member = Handle(own), name = String(cString: text)
            guard H5Tget_class(member.id) == H5T_ARRAY else {
                return .init(name: name, type: ElementType(of: member.id), shape: [])
            }
            var lengths = [hsize_t](repeating: 0, count: Int(max(H5Tget_array_ndims(member.id), 0)))
            H5Tget_array_dims2(member.id, &lengths)
            let element = Handle(H5Tget_super(member.id))
            return .init(name: name, type: ElementType(of: element.id), shape: lengths.map { Int(clamping: $0) })
        }
    }
}

extension HDF5Dataset {
    /// Reads one field of the records `rows` of a dataset with one axis, the field's own axes last and row-major.
    ///
    /// - Complexity: memory is what is returned; HDF5 unpacks whole records.
    /// - Throws: ``HDF5Error`` where there is no such field, it holds no numbers, or storage is damaged.
    public func read<Number: HDF5Number>(
        _ type: Number.Type, member name: String, _ rows: Range<Int>
    ) throws -> [Number] {
        guard let member = members.first(where: { $0.name == name }) else {
            throw HDF5Error.missingDataset(
                file: file, dataset: "\(self.name):\(name)", datasets: members.map { "\(self.name):\($0.name)" })
        }
        guard member.type.isNumber else {
            throw HDF5Error.wrongType(
                file: file, dataset: "\(self.name):\(name)", found: "\(member.type)", wanted: "numbers")
        }
        return try Library.locked {
            // A field is no larger than its record.
            let count = try plausible([rows.count]) * member.shape.reduce(1, *)
            return try withSpaces([rows]) { memory, space in
                // A record in memory with this field alone: HDF5 picks it by its name.
                let bytes = MemoryLayout<Number>.size * (member.shape.reduce(1, *))
                let record = try Library.handle({ H5Tcreate(H5T_COMPOUND, bytes) }, orThrow: unreadable)
                if member.shape.isEmpty {
                    try Library.check(
                        { H5Tinsert(record.id, name, 0, Number.elementType.inMemory) }, orThrow: unreadable)
                } else {
                    let lengths = member.shape.map { hsize_t($0) }
                    let array = try Library.handle {
                        H5Tarray_create2(Number.elementType.inMemory, UInt32(lengths.count), lengths)
                    } orThrow: {
                        unreadable($0)
                    }
                    try Library.check({ H5Tinsert(record.id, name, 0, array.id) }, orThrow: unreadable)
                }
                return try [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
                    if count > 0 {
                        try Library.check {
                            H5Dread(handle.id, record.id, memory, space, goldstone_default(), buffer.baseAddress)
                        } orThrow: {
                            unreadable($0)
                        }
                    }
                    initialized = count
                }
            }
        }
    }
}
