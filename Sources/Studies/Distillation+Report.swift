import Foundation
import Networks
import Report

extension Distillation {
    /// A row for each variant and student: closeness after the last epoch, speed, and how well the student does itself.
    public var table: Table {
        func measured(_ average: Average?) -> Table.Cell {
            guard let average else { return .missing }
            return average.deviation.map { .measured(average.mean, error: $0) } ?? .number(average.mean)
        }
        let rows = students.flatMap { student in
            variants.map { variant -> [Table.Cell] in
                func cell(_ quantity: (StudentRun) -> Double?) -> Table.Cell {
                    measured(average(of: student.student, variant: variant, quantity))
                }
                return [
                    .text(student.student), .count(student.parameters), .text(variant),
                    cell { $0.epochs.last?.training.relative }, cell { $0.epochs.last?.test.relative },
                    cell { $0.epochs.last?.test.meanSquaredError }, cell(\.epochsToThreshold),
                    cell { $0.test.rocAUC.value }, cell { $0.test.accuracy.value },
                    cell { $0.agreement.decisions.value }, cell { $0.agreement.correlation },
                ]
            }
        }
        return Table(
            caption:
                "Distillation. \(shown.replacing("\n", with: ". ")). Mean squared errors (MSE) of the students' logits after the last epoch, "
                + "relative to the variance of the teacher's; epochs until the relative MSE on the test jets is "
                + "\(settings.threshold); ROC-AUC, accuracy and agreement with the teacher on the test jets, with the "
                + "weights of the best epoch. \(errors(of: "±"))",
            label: "distillation",
            columns: [
                .init("student"), .init("parameters"), .init("teacher"), .init("relative MSE, training"),
                .init("relative MSE, test"), .init("MSE, test"), .init("epochs to \(settings.threshold)"),
                .init("ROC-AUC"), .init("accuracy"), .init("same decisions"), .init("correlation"),
            ], rows: rows)
    }

    /// For each student the mean squared error by epoch (the paper's Figure 9), absolute and relative; and for all of
    /// them the relative error after the last epoch against their size. None where every teacher has collapsed.
    public var figures: [Figure] {
        variants.isEmpty ? [] : students.map { errorByEpoch($0.student) } + [errorBySize]
    }

    /// The students there are results of, in order.
    private var students: [StudentRun] {
        var seen = Set<String>()
        return teachers.flatMap(\.students).filter { seen.insert($0.student).inserted }
    }

    private func errorByEpoch(_ student: String) -> Figure {
        func panel(_ title: String, _ quantity: @escaping (StudentRun.Distance) -> Double) -> Panel {
            let lines = variants.flatMap { variant in
                // A band for each would be too many: training and test lie close together.
                [
                    line(variant, student, "test", withBand: true) { quantity($0.test) },
                    line(variant, student, "training", withBand: false) { quantity($0.training) },
                ].compactMap { $0 }
            }
            return .lines(
                lines, x: Axis("epoch", whole: true), y: Axis(title, logarithmic: true), width: 400, height: 380)
        }
        let network = students.first { $0.student == student }?.network ?? ""
        return Figure(
            name: "distillation-\(student)", title: "Student “\(student)” and its teachers",
            subtitle: "\(shown)\nStudent: \(network). \(errors(of: "Bands"))",
            panels: [
                panel("mean squared error of the logits", \.meanSquaredError),
                panel("mean squared error / variance of the teacher's logits", \.relative),
            ])
    }

    /// A quantity by epoch: the mean of its logarithm, with a band of a standard deviation; nil where nothing was run.
    private func line(
        _ variant: String, _ student: String, _ style: String, withBand: Bool,
        _ quantity: (StudentRun.Epoch) -> Double
    ) -> Line? {
        let all = runs(of: student, variant: variant).flatMap(\.runs)
        guard let count = all.map(\.epochs.count).min(), count > 0 else { return nil }
        let averages = (0..<count).compactMap { epoch in
            average(of: student, variant: variant) { log(quantity($0.epochs[epoch])) }
        }
        return line(variant, x: (1...count).map(Double.init), averages, style, withBand: withBand)
    }

    private func line(
        _ name: String, x: [Double], _ logarithms: [Average], _ style: String, withBand: Bool = true
    ) -> Line {
        let hasBand = withBand && logarithms.allSatisfy { $0.deviation != nil }
        return Line(
            name, x: x, y: logarithms.map { exp($0.mean) },
            band: hasBand
                ? Line.Band(
                    lower: logarithms.map { exp($0.mean - $0.deviation!) },
                    upper: logarithms.map { exp($0.mean + $0.deviation!) }) : nil,
            style: style)
    }

    private var errorBySize: Figure {
        let lines = variants.flatMap { variant in
            TaggerNetwork.Kind.allCases.compactMap { kind -> Line? in
                let points = students.filter { $0.kind == kind }.compactMap { student in
                    average(of: student.student, variant: variant, \.logFinalRelativeError).map {
                        (parameters: Double(student.parameters), average: $0)
                    }
                }.sorted { $0.parameters < $1.parameters }
                guard !points.isEmpty else { return nil }
                return line(variant, x: points.map(\.parameters), points.map(\.average), kind.words)
            }
        }
        let sizes = students.map { Double($0.parameters) }
        let range = (sizes.min() ?? 1) / 1.5...(sizes.max() ?? 1) * 1.5
        return Figure(
            name: "compressibility", title: "How well students of each size match their teachers",
            subtitle: "\(shown)\nTest jets, after the last epoch. \(errors(of: "Bars"))",
            panels: [
                .lines(
                    lines, x: Axis("parameters of the student", logarithmic: true, range: range),
                    y: Axis("mean squared error / variance of the teacher's logits", logarithmic: true),
                    marksPoints: true)
            ])
    }

    /// Jets and teachers, for captions.
    private var shown: String {
        func count(_ jets: Int) -> String { Table.Cell.count(jets).plain }
        let networks = Set(teachers.map(\.network)).sorted().joined(separator: " or ")
        let scaled = settings.targets == .standardised ? "; students trained on standardised logits" : ""
        return
            "\(jets), \(count(data.trainingJets)) training and \(count(data.testJets)) test jets\nTeachers: \(networks)\(scaled)"
    }

    /// What an error is; nothing where there are none.
    private func errors(of what: String) -> String {
        let numbers = Set(variants.map { variant in teachers.count { $0.variant == variant && !$0.collapsed } })
        if numbers == [1] {
            return settings.seeds.count == 1 ? "" : "\(what): one standard deviation over the student's seeds."
        }
        let single = numbers.contains(1) ? " (of a single one: over the student's seeds)" : ""
        return "\(what): one standard deviation over teachers\(single)."
    }
}

extension TaggerNetwork.Kind {
    /// As figures call it.
    fileprivate var words: String {
        switch self {
        case .transformer: "transformers"
        case .deepSets: "deep sets"
        case .mlp: "MLPs"
        case .invariant: "Lorentz-invariant networks"
        case .program: "programs"
        }
    }
}
