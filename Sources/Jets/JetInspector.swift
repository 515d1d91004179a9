import Foundation
import HDF5

/// Goes through jet files once, sums up each class, and collects everything that is wrong instead of stopping at the
/// first of it.
///
/// pT, pseudorapidity and mass are the file's own columns j_pt, j_eta and j_mass where they are there and finite, as they
/// know of constituents that the file leaves out; else those of the sum of the stored constituents.
public struct JetInspector: Sendable {
    /// Pixels along each side of the average image, and half its side in Δη and Δφ (the radius of the data set's jets).
    public static let imagePixels = 50
    public static let imageHalfWidth = 0.8

    /// An inspector with the field's usual ranges.
    public init() {}

    /// Inspects all files of the paths (see ``JetSources/init(_:)``).
    ///
    /// - Parameter progress: is told after each file its name and the jets seen so far
    /// - Complexity: memory is one block of a file (for an archive, one file) and 24 bytes a jet, for exact quantiles.
    /// - Throws: ``JetsError`` only where a path stands for nothing at all; whatever else is wrong becomes a
    ///   ``JetInspection/Problem``.
    public func inspect(
        _ paths: [String], progress: ((_ file: String, _ jets: Int) -> Void)? = nil
    ) throws -> JetInspection {
        let sources = try JetSources(paths)
        var inspection = JetInspection()
        var collectors = JetClass.allCases.map { _ in ClassCollector() }
        var faults = Problems()
        var damaged = Problems()
        for source in sources.sources.indices {
            do {
                try sources.forEachFile(of: source) { candidate in
                    inspection.files.append(candidate.record)
                    do {
                        // Any class column will do to look at a file; the reader asks for those it needs.
                        let file = try JetLayout.open(candidate.open(), needed: [])
                        try file.forEachBlock { block in
                            inspection.jets += block.rows.count
                            for jet in 0..<block.rows.count {
                                var found: [JetFault] = []
                                let seen = block.examine(jet, faults: &found)
                                for fault in found { faults.add(fault.kind.rawValue, "\(fault)") }
                                guard let seen else { continue }
                                inspection.soundJets += 1
                                collectors[Int(seen.jetClass.rawValue)].add(jet, of: block, seen)
                            }
                        }
                    } catch {
                        damaged.add("file", "\(error)")
                    }
                    progress?(candidate.name, inspection.jets)
                }
            } catch {
                damaged.add("file", "\(error)")
            }
        }
        inspection.classes = zip(JetClass.allCases, collectors).compactMap { $1.summary(of: $0) }
        inspection.problems = faults.all + damaged.all
        return inspection
    }

    /// Problems by kind, in the order of their first.
    private struct Problems {
        var all: [JetInspection.Problem] = []

        mutating func add(_ kind: String, _ text: @autoclosure () -> String) {
            if let known = all.firstIndex(where: { $0.kind == kind }) {
                all[known].count += 1
            } else {
                all.append(.init(kind: kind, count: 1, first: text()))
            }
        }
    }
}

/// Adds up the jets of one class.
private struct ClassCollector {
    private var multiplicities: [Double] = []
    private var pts: [Double] = []
    private var masses: [Double] = []
    private var largestPseudorapidity = 0.0
    private var constituents = 0
    private var spacelike = 0
    private var largestSpacelikeExcess = 0.0
    private var image = [Double](repeating: 0, count: JetInspector.imagePixels * JetInspector.imagePixels)

    mutating func add(_ jet: Int, of block: JetBlock, _ seen: JetBlock.Jet) {
        block.momenta.withUnsafeBufferPointer { momenta in
            var energy = 0.0
            var px = 0.0
            var py = 0.0
            var pz = 0.0
            let first = 4 * jet * block.slots
            let places = stride(from: first, to: first + 4 * seen.stored, by: 4)
            for at in places {
                let x = momenta[at]
                let y = momenta[at + 1]
                let z = momenta[at + 2]
                let e = momenta[at + 3]
                (px, py, pz, energy) = (px + x, py + y, pz + z, energy + e)
                let squared = x * x + y * y + z * z
                if e * e < squared {
                    spacelike += 1
                    largestSpacelikeExcess = max(largestSpacelikeExcess, 1 - e / squared.squareRoot())
                }
            }
            constituents += seen.stored
            let pt = hypot(px, py)
            let pseudorapidity = asinh(pz / pt)
            let mass = max(energy * energy - px * px - py * py - pz * pz, 0).squareRoot()
            func column(_ values: [Double]?, else own: Double) -> Double {
                guard let value = values?[jet], value.isFinite else { return own }
                return value
            }
            multiplicities.append(Double(seen.count))
            pts.append(column(block.pt, else: pt))
            masses.append(column(block.mass, else: mass))
            largestPseudorapidity = max(largestPseudorapidity, abs(column(block.eta, else: pseudorapidity)))
            draw(places, momenta, pt: pt, pseudorapidity: pseudorapidity, azimuth: atan2(py, px))
        }
    }

    private mutating func draw(
        _ places: StrideTo<Int>, _ momenta: UnsafeBufferPointer<Double>, pt: Double, pseudorapidity: Double,
        azimuth: Double
    ) {
        let pixels = JetInspector.imagePixels
        let scale = Double(pixels) / (2 * JetInspector.imageHalfWidth)
        for at in places {
            let own = hypot(momenta[at], momenta[at + 1])
            let deltaEta = asinh(momenta[at + 2] / own) - pseudorapidity
            let deltaPhi = remainder(atan2(momenta[at + 1], momenta[at]) - azimuth, 2 * .pi)
            let row = ((deltaEta + JetInspector.imageHalfWidth) * scale).rounded(.down)
            let column = ((deltaPhi + JetInspector.imageHalfWidth) * scale).rounded(.down)
            guard (0..<Double(pixels)).contains(row), (0..<Double(pixels)).contains(column) else { continue }
            image[Int(row) * pixels + Int(column)] += own / pt
        }
    }

    func summary(of jetClass: JetClass) -> JetInspection.ClassSummary? {
        let jets = pts.count
        guard jets > 0 else { return nil }
        func histogram(_ values: [Double], bins: Int, to upper: Double) -> Histogram {
            var histogram = Histogram(bins: bins, from: 0, to: upper)
            for value in values { histogram.add(value) }
            return histogram
        }
        // 4 GeV resolves the W from the Z and holds enough jets of a sample of thousands.
        let massHistogram = histogram(masses, bins: 100, to: 400)
        return .init(
            jetClass: jetClass, jets: jets, multiplicity: .init(multiplicities),
            meanMultiplicity: multiplicities.reduce(0, +) / Double(jets),
            fractionWithAtLeast32: Double(multiplicities.count { $0 >= 32 }) / Double(jets), pt: .init(pts),
            mass: .init(masses), massPeak: massHistogram.mode, largestAbsolutePseudorapidity: largestPseudorapidity,
            fractionSpacelike: Double(spacelike) / Double(constituents), largestSpacelikeExcess: largestSpacelikeExcess,
            multiplicityHistogram: histogram(multiplicities, bins: 100, to: 200),
            ptHistogram: histogram(pts, bins: 100, to: 2000), massHistogram: massHistogram,
            image: image.map { $0 / Double(jets) })
    }
}
