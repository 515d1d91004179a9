import Jets

extension StudySettings.DataSettings {
    /// The jets to test a study's taggers on beyond their own two classes: no training has seen them, nor another jet of
    /// the same collision.
    ///
    /// Of the study's own classes they are its test jets. Of others they are all jets of the test files; where the test jets
    /// are a part of the same files, those whose event has no jet in the training or the validation part.
    ///
    /// - Parameters:
    ///   - classes: the classes wanted; none stands for all that the files hold
    ///   - run: the run's folder, for scratch files
    /// - Returns: jets in the files' order
    /// - Throws: as ``StudyData/init(_:run:log:)``.
    public func readTestJets(of classes: [JetClass], run: String? = nil) throws -> JetData {
        let own = [signal, background], storage = storage(run: run)
        // The split is that of the study's own classes, whichever are wanted.
        let needed = classes.isEmpty ? nil : JetClass.allCases.filter { (classes + own).contains($0) }
        let reader = JetReader(
            constituents: constituents, classes: needed, constituentMassSquaredClamp: clampsMass, storage: storage)
        let all = try reader.read(try (testFiles.isEmpty ? files : testFiles).map(Sample.resolve))
        let ownJets = try all.selecting(own)
        var seen = SortedNumbers([])
        let tested: SortedNumbers
        if testFiles.isEmpty {
            let split = try split.split(ownJets)
            tested = SortedNumbers(Array(split.test.index))
            seen = SortedNumbers(Array(split.training.eventIndex) + Array(split.validation.eventIndex))
        } else {
            tested = SortedNumbers(Array(try split.testPart(of: ownJets).index))
        }
        let places = (0..<UInt32(all.count)).filter { place in
            let jet = Int(place), jetClass = all.jetClass(jet)
            guard classes.isEmpty || classes.contains(jetClass) else { return false }
            return own.contains(jetClass)
                ? tested.contains(all.index[jet]) : !seen.contains(all.eventIndex[jet])
        }
        return try all.copied(places, to: storage)
    }
}

/// A set of numbers at 8 bytes each.
private struct SortedNumbers {
    private let numbers: [Int64]

    init(_ numbers: [Int64]) { self.numbers = numbers.sorted() }

    func contains(_ number: Int64) -> Bool {
        var range = 0..<numbers.count
        while let first = range.first {
            let middle = first + range.count / 2
            if numbers[middle] == number { return true }
            range = numbers[middle] < number ? middle + 1..<range.upperBound : first..<middle
        }
        return false
    }
}
