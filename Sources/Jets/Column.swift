import Foundation
import Torch

/// Numbers one after another, one or several a jet: a collection like an array, in memory or in a scratch file (see
/// ``JetStorage``). A value; copies share what they hold until one of them is changed.
public struct Column<Element: BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    private var block: Block
    private(set) public var count = 0

    /// None yet.
    public init(in storage: JetStorage = .memory) { block = Block(storage) }

    /// As many as `count` says.
    ///
    /// - Parameter fill: is given the memory, which holds anything
    /// - Throws: what `fill` throws; ``JetsError/noScratch(folder:bytes:reason:)``.
    package init(
        count: Int, in storage: JetStorage, fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) throws {
        self.init(in: storage)
        try resize(to: count, fill)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { count }

    public subscript(place: Int) -> Element {
        precondition(place >= 0 && place < count, "element \(place) of \(count)")
        return elements[place]
    }

    /// Whether a scratch file holds them.
    public var isInFile: Bool { block.file != nil }

    /// Lends the elements' memory for reading.
    public func withUnsafeBufferPointer<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result {
        try withExtendedLifetime(block) { try body(UnsafeBufferPointer(start: elements, count: count)) }
    }

    /// As `Sequence` has it: the elements always lie side by side.
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<Element>) throws -> Result
    ) rethrows -> Result? {
        try withUnsafeBufferPointer(body)
    }

    private var elements: UnsafeMutablePointer<Element> { Column.elements(of: block) }

    private static func elements(of block: Block) -> UnsafeMutablePointer<Element> {
        block.base?.assumingMemoryBound(to: Element.self) ?? UnsafeMutablePointer(bitPattern: 64)!
    }

    private static var width: Int { MemoryLayout<Element>.stride }

    /// Makes room for so many elements in all. Without copies of this column nothing moves but what must.
    ///
    /// - Throws: ``JetsError/noScratch(folder:bytes:reason:)`` where they don't fit into memory, and not into files either.
    mutating func reserve(_ capacity: Int) throws {
        if !isKnownUniquelyReferenced(&block) {
            let own = Block(block.storage)
            try own.grow(to: Swift.max(capacity, count) * Column.width, keeping: 0)
            Column.elements(of: own).update(from: elements, count: count)
            block = own
        } else if capacity * Column.width > block.capacity {
            try block.grow(to: capacity * Column.width, keeping: count * Column.width)
        }
    }

    /// Makes room for so many elements in all and, where that is more than there is, for some to come.
    ///
    /// - Throws: as ``reserve(_:)``.
    mutating func makeRoom(for total: Int) throws {
        guard total * Column.width > block.capacity || !isKnownUniquelyReferenced(&block) else { return }
        // A quarter more, but no more than 256 MB that a disk may lack.
        try reserve(Swift.max(total, count + Swift.min(count / 4, 1 << 28 / Column.width)))
    }

    /// Adds elements. They need room (``makeRoom(for:)``), unless the storage is all memory.
    mutating func append(contentsOf more: some Collection<Element>) {
        let total = count + more.count
        // Throws for files alone.
        try! makeRoom(for: total)
        var next = elements + count
        for element in more {
            next.initialize(to: element)
            next += 1
        }
        count = total
    }

    /// Adds one element, as ``append(contentsOf:)`` does.
    mutating func append(_ element: Element) { append(contentsOf: CollectionOfOne(element)) }

    /// Makes it `count` elements long and lends them all for writing; new ones hold anything.
    mutating func resize<Result>(
        to count: Int, _ body: (UnsafeMutableBufferPointer<Element>) throws -> Result
    ) throws -> Result {
        try reserve(count)
        self.count = count
        return try withExtendedLifetime(block) {
            try body(UnsafeMutableBufferPointer(start: elements, count: count))
        }
    }

    /// Makes it as long as `jets` jets need, `perJet` elements each, and tells how to copy jets of another column.
    mutating func blank(_ perJet: Int, of jets: Int, like other: Column) throws -> JetRows {
        try resize(to: perJet * jets) {
            JetRows(from: other.elements, to: $0.baseAddress!, width: perJet * Column.width)
        }
    }

    /// Gives back the room behind the last element.
    mutating func trim() {
        guard isKnownUniquelyReferenced(&block) else { return }
        block.shrink(to: count * Column.width)
    }
}

extension Column: Equatable where Element: Equatable {
    /// Whether both have the same elements, wherever they lie. Cost: a pass over both.
    public static func == (first: Column, second: Column) -> Bool { first.elementsEqual(second) }
    /// Whether an array has the same elements.
    public static func == (first: Column, second: [Element]) -> Bool { first.elementsEqual(second) }
    /// As the other way round.
    public static func == (first: [Element], second: Column) -> Bool { second == first }
}

extension Column where Element: TensorScalar {
    /// The elements as a tensor, without a copy. Changing the column afterwards leaves the tensor as it is.
    ///
    /// - Parameter shape: as many elements, in row-major order
    public func tensor(_ shape: [Int]) -> Tensor {
        Tensor(sharing: UnsafeBufferPointer(start: elements, count: count), shape: shape, owner: block)
    }
}

/// The memory of a column, or its file.
private final class Block: @unchecked Sendable {
    private(set) var base: UnsafeMutableRawPointer?
    private(set) var capacity = 0
    private(set) var file: ScratchFile?
    let storage: JetStorage

    init(_ storage: JetStorage) { self.storage = storage }

    deinit {
        if file == nil {
            free(base)
            storage.giveMemory(capacity)
        } else {
            storage.addFiles(-capacity)
        }
    }

    /// More room; the first `used` bytes stay.
    func grow(to bytes: Int, keeping used: Int) throws {
        guard bytes > capacity else { return }
        if let file {
            try file.grow(to: bytes)
            base = file.base
            storage.addFiles(bytes - capacity)
        } else if storage.takeMemory(bytes - capacity) {
            guard let larger = realloc(base, bytes) else { fatalError("no memory for \(bytes) bytes of jets") }
            base = larger
        } else {
            let file = try ScratchFile(in: storage.folder, bytes: bytes)
            if let base { file.base.copyMemory(from: base, byteCount: used) }
            free(base)
            storage.giveMemory(capacity)
            storage.addFiles(bytes)
            base = file.base
            self.file = file
        }
        capacity = bytes
    }

    func shrink(to bytes: Int) {
        guard bytes > 0, bytes < capacity else { return }
        if let file {
            file.shrink(to: bytes)
            base = file.base
            storage.addFiles(file.bytes - capacity)
            capacity = file.bytes
        } else if let smaller = realloc(base, bytes) {
            base = smaller
            storage.giveMemory(capacity - bytes)
            capacity = bytes
        }
    }
}
