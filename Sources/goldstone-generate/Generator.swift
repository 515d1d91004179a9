import CPythia
import Foundation

/// A running Pythia, for the jets of one class. It is made once; each chunk takes it as it was made, in a process of its
/// own, so that no chunk knows what was generated before it.
final class Generator {
    private let handle: OpaquePointer
    private let jetClass: JetClass
    private let constituents: Int

    /// Starts Pythia: about a second.
    ///
    /// - Throws: ``GenerateError/generator(jets:reason:)`` where Pythia refuses a setting or can't start.
    init(_ jetClass: JetClass, _ settings: Settings, commands: String) throws {
        self.jetClass = jetClass
        constituents = settings.storage.constituents
        var message = [CChar](repeating: 0, count: 1000)
        let created = commands.withCString { text in
            var plain = GoldstoneSettings(settings, jetClass)
            plain.commands = text
            return goldstone_generator_create(&plain, &message, message.count)
        }
        guard let created else {
            throw GenerateError.generator(jets: jetClass.rawValue, reason: text(of: message))
        }
        handle = created
    }

    deinit { goldstone_generator_destroy(handle) }

    /// Generates a chunk and writes its file.
    func generate(_ chunk: Chunk, _ settings: Settings, to path: String) throws {
        let start = clock()
        goldstone_generator_seed(handle, chunk.seeds(seed: settings.seed))
        let rounding = Rounding(bits: settings.storage.mantissaBits)
        // So that a jet's own momentum is known better than what its constituents sum up to.
        let finer = Rounding(bits: min(settings.storage.mantissaBits + 3, 23))
        var batch = JetBatch(rows: chunk.count, constituents: constituents)
        var jet = GoldstoneJet()
        var momenta = [Double](repeating: 0, count: 4 * constituents)
        var message = [CChar](repeating: 0, count: 1000)
        for _ in 0..<chunk.count {
            guard goldstone_generator_next(handle, &jet, &momenta, &message, message.count) else {
                throw GenerateError.generator(jets: chunk.name, reason: text(of: message))
            }
            store(momenta, count: Int(jet.stored), rounding, in: &batch.momenta)
            JetColumns.append(jet, jetClass, rounding: finer, to: &batch.observables)
            batch.events.append(chunk.firstEvent + jet.event)
            batch.contained.append(jet.contained ? 1 : 0)
            batch.axes.append(
                JetAxis(
                    transverseMomentum: jet.transverseMomentum, pseudorapidity: jet.pseudorapidity,
                    azimuth: jet.azimuth, energy: jet.energy))
        }
        // Not compressed: it is read once, soon.
        let file = try JetFileWriter(
            path: path, rows: chunk.count, constituents: constituents, allColumns: false, withAxes: true, deflate: 0)
        try file.append(batch)
        let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
        try ChunkYield(goldstone_generator_statistics(handle), seconds: seconds).write(to: file)
        try file.close()
    }

    /// Appends the constituents' rounded momenta, sorted anew because rounding can swap two of nearly equal pT.
    private func store(_ momenta: [Double], count: Int, _ rounding: Rounding, in stored: inout [Float]) {
        var rounded: [(momentum: (Float, Float, Float, Float), transverseSquared: Double, rank: Int)] = []
        rounded.reserveCapacity(count)
        momenta.withUnsafeBufferPointer { all in
            for rank in 0..<count {
                let p = rounding.fourMomentum(UnsafeBufferPointer(rebasing: all[4 * rank..<4 * rank + 4]))
                rounded.append((p, Double(p.0) * Double(p.0) + Double(p.1) * Double(p.1), rank))
            }
        }
        rounded.sort { first, second in
            let (a, b) = (first.transverseSquared, second.transverseSquared)
            return a != b ? a > b : first.rank < second.rank
        }
        for (p, _, _) in rounded {
            stored.append(p.0)
            stored.append(p.1)
            stored.append(p.2)
            stored.append(p.3)
        }
        stored.append(contentsOf: repeatElement(0, count: 4 * (constituents - count)))
    }
}

private func text(of message: [CChar]) -> String {
    String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

extension GoldstoneSettings {
    fileprivate init(_ settings: Settings, _ jetClass: JetClass) {
        self.init()
        process = jetClass.process
        collisionEnergy = settings.collisions.collisionEnergy
        partonMinimum = settings.collisions.partonMinimum
        partonMaximum = settings.collisions.partonMaximum
        isotropicDecays = settings.collisions.isotropicDecays
        underlyingEvent = settings.collisions.underlyingEvent
        withUnsafeMutableBytes(of: &identities) { buffer in
            let slots = buffer.bindMemory(to: Int32.self)
            for (slot, identity) in settings.collisions.match.enumerated() { slots[slot] = Int32(identity) }
        }
        radius = settings.jets.radius
        jetMinimum = settings.jets.jetMinimum
        jetMaximum = settings.jets.jetMaximum
        jetPseudorapidity = settings.jets.jetPseudorapidity
        matchRadius = settings.jets.matchRadius
        containedOnly = settings.jets.contained
        detector = settings.detector.detector
        hadronicCell = settings.detector.hadronicCell
        electromagneticCell = settings.detector.electromagneticCell
        calorimeterPseudorapidity = settings.detector.calorimeterPseudorapidity
        trackMaximum = settings.detector.trackMaximum
        smearing = settings.detector.smearing
        threshold = settings.detector.threshold
        constituents = Int32(settings.storage.constituents)
    }
}
