import Foundation

extension JetData {
    /// The jets at the places given, in that order, in memory. ``files`` stays that of all.
    ///
    /// - Complexity: copies 16n + 53 bytes a jet.
    public func subset(_ jets: [Int]) -> JetData {
        for jet in jets { precondition(jet >= 0 && jet < count, "jet \(jet) of \(count)") }
        // Throws for files alone.
        let (copy, rows) = try! blank(jets.count, in: .memory)
        withExtendedLifetime((self, copy)) {
            for row in rows { for (place, jet) in jets.enumerated() { row.copy(jet, to: place) } }
        }
        return copy
    }

    /// The jets at the places given, each of them once at the most, in that order.
    ///
    /// - Parameter piece: jets that are put in order at once where files are involved; nil for as many as 16 MB hold
    /// - Complexity: reads and writes 16n + 53 bytes a jet. Where files are involved, and more jets than a piece: once in the
    ///   order of these jets, and once more piece by piece; no byte is read from a random place. 2 bytes of memory for each
    ///   of these jets meanwhile.
    /// - Throws: ``JetsError/noScratch(folder:bytes:reason:)``.
    package func copied(_ places: [UInt32], to storage: JetStorage, piece: Int? = nil) throws -> JetData {
        let (copy, rows) = try blank(places.count, in: storage)
        let piece = piece ?? max((1 << 24) / rows.reduce(0) { $0 + $1.width }, 1)
        let isInFiles = fourMomenta.isInFile || copy.fourMomenta.isInFile
        withExtendedLifetime((self, copy)) {
            guard isInFiles, places.count > piece else {
                for row in rows { for (place, jet) in places.enumerated() { row.copy(Int(jet), to: place) } }
                return
            }
            deal(places, rows, piece: piece)
        }
        return copy
    }

    /// Copies jets in two passes: in their order here, each to the end of what the piece of the copy that it belongs to has so
    /// far; then each piece is put in order.
    func deal(_ places: [UInt32], _ rows: [JetRows], piece: Int) {
        let pieces = (places.count + piece - 1) / piece
        precondition(pieces < Int(UInt16.max), "\(places.count) jets are too many")
        var pieceOf = [UInt16](repeating: .max, count: count)
        for (place, jet) in places.enumerated() { pieceOf[Int(jet)] = UInt16(place / piece) }
        var next = (0..<pieces).map { $0 * piece }
        for jet in 0..<count where pieceOf[jet] != .max {
            let own = Int(pieceOf[jet])
            for row in rows { row.copy(jet, to: next[own]) }
            next[own] += 1
        }
        for start in stride(from: 0, to: places.count, by: piece) {
            let range = start..<min(start + piece, places.count)
            let arrived = range.sorted { places[$0] < places[$1] }
            for row in rows { row.reorder(range, to: arrived) }
        }
    }
}

/// A column of some jets and that of a copy of them.
struct JetRows {
    let from: UnsafeRawPointer, to: UnsafeMutableRawPointer
    /// Bytes a jet.
    let width: Int

    /// Copies one jet's part.
    func copy(_ jet: Int, to place: Int) {
        (to + place * width).copyMemory(from: from + jet * width, byteCount: width)
    }

    /// Moves the successive jets `range` of the copy to the places given, which are the same in another order.
    func reorder(_ range: Range<Int>, to places: [Int]) {
        let before = UnsafeMutableRawPointer.allocate(byteCount: range.count * width, alignment: 16)
        defer { before.deallocate() }
        before.copyMemory(from: to + range.lowerBound * width, byteCount: range.count * width)
        for (jet, place) in places.enumerated() {
            (to + place * width).copyMemory(from: before + jet * width, byteCount: width)
        }
    }
}
