import Foundation
import Networks
import Objectives
import Studies
import Testing
import Torch

/// Students trained on a teacher's logits, on a few of the shipped jets.
struct DistillationTests {
    static let input = TrainedTagger.Input(signal: .w, background: .gluon, constituents: 6)
    static let data = Result {
        var settings = StudySettings.DataSettings()
        settings.trainingJets = 256
        settings.validationJets = 96
        settings.testJets = 128
        return try StudyData(settings, for: input)
    }

    /// A teacher that has learnt nothing: any function will do to be learnt from.
    static func teacher(
        _ variant: String = "unconstrained", seed: UInt64 = 1, weights: UInt64 = 7,
        network: ConstituentMLP.Settings = small,
        input: TrainedTagger.Input = input
    ) -> TrainedTagger {
        let theta = ConstituentMLP(network).initialParameters(seed: weights) * 3
        return TrainedTagger(
            theta: theta, description: .init(network: .mlp(network), input: input, variant: variant, seed: seed))
    }

    static var small: ConstituentMLP.Settings {
        var network = ConstituentMLP.Settings()
        network.constituents = 6
        network.hidden = [12]
        return network
    }

    static let student = StudentSettings(name: "small", network: .mlp(small))

    static func settings(_ change: (inout DistillationSettings) -> Void = { _ in }) -> DistillationSettings {
        var settings = DistillationSettings()
        settings.students = [student]
        settings.seeds = [1]
        settings.training.epochs = 2
        settings.training.batchSize = 64
        change(&settings)
        return settings
    }

    func inScratchFolder(_ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func distil(
        _ teachers: [TrainedTagger], _ settings: DistillationSettings, in folder: String, threads: Int = 2,
        log: @escaping (String) -> Void = { _ in }
    ) throws -> Distillation {
        try Distillation.run(
            teachers, on: try DistillationTests.data.get(), jets: "W against gluon", settings: settings, folder: folder,
            threads: threads, log: log)
    }

    private func weights(_ folder: String, _ teacher: TrainedTagger, seed: UInt64 = 1) throws -> TrainedTagger {
        let name = "\(teacher.description.variant)/seed-\(teacher.description.seed)"
        return try TrainedTagger(contentsOf: "\(folder)/\(name)/small/seed-\(seed)/weights.safetensors")
    }

    @Test func `A student of its teacher's own kind comes ever closer to it`() throws {
        try inScratchFolder { folder in
            let settings = DistillationTests.settings {
                $0.training.epochs = 60
                $0.training.batchSize = 8
                $0.training.learningRate = 0.02
                $0.training.schedule = .cosine
            }
            let teacher = DistillationTests.teacher()
            let result = try distil([teacher], settings, in: folder)
            let run = result.teachers[0].students[0], first = run.epochs[0].training.relative
            let last = run.epochs[59].training.relative
            #expect(run.epochs.count == 60 && first > 0.3)
            #expect(last < 0.05)
            let halves = [0, 20, 40, 59].map { run.epochs[$0].training.relative }
            #expect(zip(halves, halves.dropFirst()).allSatisfy { $0 > $1 })
            #expect(run.agreement.correlation > 0.95 && run.agreement.decisions.value > 0.85)
            #expect(run.epochsToThreshold == run.epochs(to: settings.threshold))
        }
    }

    @Test func `The errors recorded are those of the kept weights against the teacher, part by part`() throws {
        try inScratchFolder { folder in
            let data = try DistillationTests.data.get(), teacher = DistillationTests.teacher(), reducer = Reducer()
            let run = try distil([teacher], DistillationTests.settings(), in: folder).teachers[0].students[0]
            let student = try weights(folder, teacher), best = run.epochs[run.bestEpoch - 1]
            for (part, distance) in [
                (data.training, best.training), (data.validation, best.validation), (data.test, best.test),
            ] {
                let own = reducer.logits(student.network, at: student.theta, part)
                let targets = reducer.logits(teacher.network, at: teacher.theta, part)
                let n = Double(own.count), mean = targets.reduce(0, +) / n
                let error = zip(own, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / n
                let variance = targets.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / n
                #expect(abs(distance.meanSquaredError / error - 1) < 1e-5)
                #expect(abs(distance.relative / (error / variance) - 1) < 1e-5)
            }
            #expect(run.epochs.map(\.validation.relative).min() == best.validation.relative)
            #expect(run.parameters == 43 * 12 + 13 && run.kind == .mlp)
            let (evaluation, _) = try student.evaluate(data.test, reducer)
            #expect(evaluation == run.test)
        }
    }

    @Test func `All teachers' students start from the same bits, which are no teacher's own start`() throws {
        try inScratchFolder { folder in
            // Steps too small to move a weight: what is kept is the start.
            let settings = DistillationTests.settings {
                $0.seeds = [1, 2]
                $0.training.learningRate = 1e-30
                $0.training.epochs = 1
            }
            let teachers = [
                DistillationTests.teacher(), DistillationTests.teacher("constrained", seed: 2, weights: 8),
            ]
            _ = try distil(teachers, settings, in: folder)
            let starts = try teachers.map { try weights(folder, $0).theta.elements(Float.self) }
            #expect(starts[0] == starts[1])
            let network = ConstituentMLP(DistillationTests.small)
            #expect(starts[0] != network.initialParameters(seed: 1).elements(Float.self))
            #expect(try weights(folder, teachers[0], seed: 2).theta.elements(Float.self) != starts[0])
        }
    }

    @Test func `The order of the jets is the student's, whoever its teacher is`() throws {
        try inScratchFolder { folder in
            // Equal logits under another variant's and seed's name: if any random number depended on these, bits would.
            let teachers = [DistillationTests.teacher(), DistillationTests.teacher("constrained", seed: 5)]
            let result = try distil(teachers, DistillationTests.settings(), in: folder)
            #expect(result.teachers[0].students == result.teachers[1].students)
            let bits = try teachers.map { try weights(folder, $0).theta.elements(Float.self) }
            #expect(bits[0] == bits[1])
        }
    }

    @Test func `Neither threads nor a pause change a bit, and what is done is not done again`() throws {
        try inScratchFolder { folder in
            let teacher = DistillationTests.teacher(), settings = DistillationTests.settings()
            let whole = try distil([teacher], settings, in: "\(folder)/whole", threads: 1)
            let other = try distil([teacher], settings, in: "\(folder)/other", threads: 3)
            #expect(whole.teachers[0].students == other.teachers[0].students)
            // A student more, in a second sitting.
            let log = Lines()
            let two = try distil([teacher], DistillationTests.settings { $0.seeds = [1, 2] }, in: "\(folder)/whole") {
                log.append($0)
            }
            #expect(log.all.contains("unconstrained, seed 1 → small, seed 1: done before"))
            #expect(two.teachers[0].students[0] == whole.teachers[0].students[0])
            let files = try FileManager.default.subpathsOfDirectory(atPath: folder)
            #expect(!files.contains { $0.contains("checkpoint") })
        }
    }

    @Test func `Another threshold counts anew without another training`() throws {
        try inScratchFolder { folder in
            let teacher = DistillationTests.teacher(), log = Lines()
            let first = try distil([teacher], DistillationTests.settings(), in: folder).teachers[0].students[0]
            let threshold = first.epochs[0].test.relative
            let again = try distil([teacher], DistillationTests.settings { $0.threshold = threshold }, in: folder) {
                log.append($0)
            }
            #expect(log.all.contains { $0.contains("done before") })
            #expect(first.epochsToThreshold == nil && again.teachers[0].students[0].epochsToThreshold == 1)
        }
    }

    @Test func `Standardised targets make a teacher's scale irrelevant, and its students have that scale`() throws {
        try inScratchFolder { folder in
            let teacher = DistillationTests.teacher(), scaled = teacher.theta.copied()
            // The same function, ten times as large and moved by 5: its last layer is the last thirteen numbers.
            scaled.withMutableElements(Float.self) {
                for index in $0.count - 13..<$0.count { $0[index] *= 10 }
                $0[$0.count - 1] += 5
            }
            let large = TrainedTagger(
                theta: scaled,
                description: .init(
                    network: teacher.description.network, input: DistillationTests.input, variant: "large", seed: 1))
            func students(_ targets: DistillationSettings.Targets) throws -> [StudentRun] {
                let settings = DistillationTests.settings { $0.targets = targets }
                return try distil([teacher, large], settings, in: "\(folder)/\(targets)").teachers.map {
                    $0.students[0]
                }
            }
            let same = try students(.standardised), plain = try students(.logits)
            for (a, b) in zip(same[0].epochs, same[1].epochs) {
                #expect(abs(a.test.relative / b.test.relative - 1) < 1e-3)
                #expect(abs(100 * a.test.meanSquaredError / b.test.meanSquaredError - 1) < 1e-3)
            }
            #expect(abs(plain[0].epochs[1].test.relative / plain[1].epochs[1].test.relative - 1) > 0.05)
            // The weights that are kept give logits of the teacher's size.
            let data = try DistillationTests.data.get(), reducer = Reducer()
            let student = try weights("\(folder)/standardised", large)
            let own = reducer.logits(student.network, at: student.theta, data.test)
            let targets = reducer.logits(large.network, at: large.theta, data.test)
            let error = zip(own, targets).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(own.count)
            let recorded = same[1].epochs[same[1].bestEpoch - 1].test.meanSquaredError
            #expect(abs(error / recorded - 1) < 1e-3)
        }
    }

    @Test func `Teachers that can't be told apart or compared are refused before anything is done`() throws {
        try inScratchFolder { folder in
            let teacher = DistillationTests.teacher(), settings = DistillationTests.settings()
            #expect(throws: DistillationError.sameTeacher(variant: "unconstrained", seed: 1)) {
                try distil([teacher, DistillationTests.teacher(weights: 9)], settings, in: folder)
            }
            var input = DistillationTests.input
            input.constituents = 5
            let other = DistillationTests.teacher("constrained", input: input)
            let error = DistillationError.unlikeTeachers(first: teacher.name, second: other.name)
            #expect(throws: error) { try distil([teacher, other], settings, in: folder) }
            #expect(!FileManager.default.fileExists(atPath: folder))
        }
    }
}

/// The teacher's logits, kept between runs.
struct TeacherLogitsTests {
    private let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).safetensors").path

    private func logits(_ teacher: TrainedTagger, log: (String) -> Void = { _ in }) throws -> TeacherLogits {
        try TeacherLogits(of: teacher, on: DistillationTests.data.get(), keptIn: path, Reducer(), log: log)
    }

    /// A file that was written anew is another one, even of the same bytes.
    private func inode() throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
    }

    @Test func `They are computed once, and are the teacher's of each part`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let teacher = DistillationTests.teacher(), data = try DistillationTests.data.get()
        let first = try logits(teacher), file = try inode()
        let reducer = Reducer()
        #expect(first.training == reducer.logits(teacher.network, at: teacher.theta, data.training))
        #expect(first.validation == reducer.logits(teacher.network, at: teacher.theta, data.validation))
        #expect(first.test == reducer.logits(teacher.network, at: teacher.theta, data.test))
        #expect(try logits(teacher) == first)
        #expect(try inode() == file)
    }

    @Test(arguments: [20, -3])
    func `A damaged file is told of, and they are computed anew`(_ place: Int) throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let teacher = DistillationTests.teacher(), first = try logits(teacher)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // In the header, or one bit of a logit, which leaves every length as it was.
        bytes[place > 0 ? place : bytes.count + place] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        var lines: [String] = []
        #expect(try logits(teacher) { lines.append($0) } == first)
        #expect(lines.count == 1 && lines[0].contains(path) && lines[0].contains("computed anew"))
        #expect(try logits(teacher) { lines.append($0) } == first)
        #expect(lines.count == 1)
    }

    @Test func `Those of other weights are not taken`() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        let first = try logits(DistillationTests.teacher())
        let second = try logits(DistillationTests.teacher(weights: 8))
        #expect(first.identity != second.identity && first.test != second.test)
        // Name and seed of a teacher say nothing about its logits.
        #expect(try logits(DistillationTests.teacher("constrained", seed: 3)) == first)
    }
}

private final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var held: [String] = []
    var all: [String] { lock.withLock { held } }
    func append(_ line: String) { lock.withLock { held.append(line) } }
}
