import Jets

extension StudySettings.DataSettings {
    /// The jets to test a study's taggers on beyond their own two classes: no training has seen them, nor another jet of
    /// the same collision.
    ///
    /// Of the study's own classes they are its test jets. Of others they are all jets of the test files; where the test jets
    /// are a part of the same files, those whose event has no jet in the training or the validation part.
    ///
    /// - Parameter classes: the classes wanted; none stands for all that the files hold
    /// - Returns: jets in the files' order
    /// - Throws: as ``StudyData/init(_:log:)``.
    public func readTestJets(of classes: [JetClass]) throws -> JetData {
        let own = [signal, background]
        // The split is that of the study's own classes, whichever are wanted.
        let needed = classes.isEmpty ? nil : JetClass.allCases.filter { (classes + own).contains($0) }
        let reader = JetReader(
            constituents: constituents, classes: needed, constituentMassSquaredClamp: clampsMass)
        let all = try reader.read(try (testFiles.isEmpty ? files : testFiles).map(Sample.resolve))
        let ownJets = try all.selecting(own), test: JetData
        var seen: Set<Int64> = []
        if testFiles.isEmpty {
            let split = try split.split(ownJets)
            test = split.test
            seen = Set(split.training.eventIndex + split.validation.eventIndex)
        } else {
            test = try split.testPart(of: ownJets)
        }
        let tested = Set(test.index)
        return all.subset(
            (0..<all.count).filter { jet in
                let jetClass = all.jetClass(jet)
                guard classes.isEmpty || classes.contains(jetClass) else { return false }
                return own.contains(jetClass)
                    ? tested.contains(all.index[jet]) : !seen.contains(all.eventIndex[jet])
            })
    }
}
