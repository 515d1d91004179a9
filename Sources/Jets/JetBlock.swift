/// Some successive jets of a file, as stored.
struct JetBlock {
    let file: String
    /// The rows of the file that these are.
    let rows: Range<Int>
    let slots: Int
    /// What the columns are called.
    let layout: JetLayout
    /// What ``classValues`` mean.
    let labels: JetLayout.Labels
    /// [rows, slots, 4] flat, (px, py, pz, E).
    let momenta: [Double]
    /// [rows][columns that tell the class], as stored.
    let classValues: [[Double]]
    let pt: [Double]?
    let eta: [Double]?
    let mass: [Double]?
    let multiplicity: [Double]?
    let events: [Int64]?

    /// What one jet is: its class, its constituents in the file, and how many there were before the file cut them.
    struct Jet {
        let jetClass: JetClass
        let stored: Int
        let count: Int
    }

    /// Looks at jet `jet` (from 0 in this block) and tells what it is. Faults are added to `faults`, the first of each
    /// kind; a jet with any has no class to rely on and gives nil.
    func examine(_ jet: Int, faults: inout [JetFault]) -> Jet? {
        let before = faults.count
        let jetClass = classOf(jet, faults: &faults)
        let stored = constituentsOf(jet, faults: &faults)
        guard let jetClass, faults.count == before else { return nil }
        // A file may keep fewer constituents than the jet had; where its list is full the multiplicity tells.
        let told = multiplicity.map { $0[jet] } ?? .nan
        let count = stored == slots && (0..<1e6).contains(told) ? max(stored, Int(told)) : stored
        return Jet(jetClass: jetClass, stored: stored, count: count)
    }

    private func classOf(_ jet: Int, faults: inout [JetFault]) -> JetClass? {
        let values = classValues[jet], kind: JetFault.Kind
        switch labels {
        case .oneHot(let classes):
            let set = values.indices.filter { values[$0] != 0 }
            if set.count == 1, values[set[0]] == 1 { return classes[set[0]] }
            kind = set.count > 1 ? .severalClasses : .noClass
        case .flag(_, let one, let zero):
            if values[0] == 1 || values[0] == 0 { return values[0] == 1 ? one : zero }
            kind = .unknownLabel
        }
        faults.append(
            JetFault(
                kind: kind, file: file, dataset: layout.labelDataset, row: rows.lowerBound + jet, constituent: nil,
                column: labels.columns.joined(separator: ", "),
                value: values.map { "\($0)" }.joined(separator: ", ")))
        return nil
    }

    /// How many constituents the jet has before its padding.
    private func constituentsOf(_ jet: Int, faults: inout [JetFault]) -> Int {
        let first = faults.count
        func fault(_ kind: JetFault.Kind, _ constituent: Int?, _ column: String, _ value: Double) {
            guard !faults[first...].contains(where: { $0.kind == kind }) else { return }
            faults.append(
                JetFault(
                    kind: kind, file: file, dataset: layout.constituentDataset, row: rows.lowerBound + jet,
                    constituent: constituent, column: column, value: "\(value)"))
        }
        return momenta.withUnsafeBufferPointer { momenta in
            var stored = 0
            var ended = false
            var lastPt = Double.infinity
            for slot in 0..<slots {
                let at = 4 * (jet * slots + slot)
                let px = momenta[at]
                let py = momenta[at + 1]
                let pz = momenta[at + 2]
                let energy = momenta[at + 3]
                if px == 0, py == 0, pz == 0, energy == 0 {
                    ended = true
                    continue
                }
                if !ended { stored = slot + 1 }
                guard px.isFinite, py.isFinite, pz.isFinite, energy.isFinite else {
                    let bad = (0..<4).first { !momenta[at + $0].isFinite }!
                    fault(.notFinite, slot, layout.momentumColumns(slot)[bad], momenta[at + bad])
                    continue
                }
                let pt = (px * px + py * py).squareRoot()
                if ended { fault(.gap, slot, layout.transverseColumns(slot), pt) }
                if energy <= 0 { fault(.energyNotPositive, slot, layout.momentumColumns(slot)[3], energy) }
                if pt == 0 { fault(.noTransverseMomentum, slot, layout.transverseColumns(slot), pz) }
                if pt > lastPt * (1 + JetFault.orderTolerance) {
                    fault(.unsorted, slot, layout.transverseColumns(slot), pt)
                }
                lastPt = pt
            }
            if stored == 0 { fault(.empty, nil, layout.momentumColumns(0).joined(separator: ", "), 0) }
            return stored
        }
    }
}
