import Foundation
import Report
import Statistics
import Support

/// A run's page, `report.html`, and all its tables in one file each for Markdown and LaTeX: put together from what the steps
/// have recorded.
struct StudyReport {
    let settings: StudySettings
    let folder: String
    /// The study's steps, the report itself not among them, with what is recorded of each.
    private let records: [(step: StudyStep, record: StepRecord)]
    private let missing: [String]

    /// - Parameter steps: all but the report
    init(_ settings: StudySettings, folder: String, steps: [StudyStep]) {
        self.settings = settings
        self.folder = folder
        let states = StudyPlan(steps, folder: folder).states()
        records = states.compactMap { step, state, record in
            switch state {
            case .done, .failed: record.map { (step, $0) }
            // Results of other settings must not pass for these.
            case .missing, .waiting: nil
            }
        }
        missing = states.compactMap { step, state, _ in
            switch state {
            case .done, .failed: nil
            case .missing, .waiting: step.name
            }
        }
    }

    /// Writes `report.html`, `tables.md` and `tables.tex`.
    ///
    /// - Parameter interactive: whether the page holds the program that draws its charts, or the pictures alone
    /// - Throws: `FileError`.
    func write(interactive: Bool = true) throws -> Findings {
        let tables = records.flatMap(\.record.findings.tables)
        try Findings.write(tables, to: "\(folder)/tables")
        let page = ReportPage(
            title: "Does the symmetry loss make \(settings.name)'s taggers simpler?",
            subtitle: "\(settings.dataDescription); \(settings.networkDescription)",
            sections: try [claims()] + StudySection.all.compactMap { try section($0) } + [run()])
        let (charts, warnings) = interactive ? FigureRenderer().chartProgram() : (nil, [])
        try writeAtomically(Data(try page.html(charts: charts, still: !interactive).utf8), to: "\(folder)/report.html")
        return Findings(warnings: warnings)
    }

    // MARK: Sections

    private func of(_ kinds: [StudyStep.Kind], _ parts: [String]? = nil) -> [StepRecord] {
        records.filter { step, record in
            kinds.contains(step.kind) && record.outcome == .done
                && (parts == nil || step.part.map { parts!.contains($0) } ?? true)
        }.map(\.record)
    }

    /// Warnings of failures, of what is missing, and of the steps themselves.
    private var warnings: [String] {
        let failed = records.filter { $0.record.outcome == .failed }.map {
            "\($0.step.name) failed: \($0.record.error ?? "")"
        }
        let waiting = missing.isEmpty ? [] : ["not done: \(missing.joined(separator: ", "))"]
        // The claims' warnings stand in the readings.
        let own = records.filter { $0.step.kind != .claims }.flatMap(\.record.findings.warnings)
        return failed + waiting + own
    }

    private func claims() throws -> ReportPage.Section {
        let findings = of([.claims]).first?.findings ?? Findings()
        var items: [ReportPage.Item] = [
            .text(
                "Two kinds of taggers are trained alike, but that one is also told, softly, that boosting a jet should not "
                    + "change its score. The paper “Softly Induced Functional Simplicity” makes six claims of what that does. "
                    + "Each verdict here is computed from paired seeds by fixed rules; none is written by hand.")
        ]
        if !warnings.isEmpty { items.append(.warnings(warnings)) }
        if !findings.tables.isEmpty {
            let verdicts: ClaimVerdicts = try readJSON(from: "\(folder)/results/claims.json")
            if !verdicts.warnings.isEmpty { items.append(.warnings(verdicts.warnings)) }
            items.append(
                .verdicts(
                    verdicts.claims.map {
                        .init($0.verdict, title: "(\($0.claim.rawValue)) \($0.claim.statement)", text: $0.reading)
                    }))
        } else {
            items.append(.text("No claim could be judged: that needs the evaluation of trained taggers."))
        }
        items += try show(findings, details: ["claim-quantities", "claims-by-seed"])
        return .init(id: "claims", title: "The claims", items: items)
    }

    private func section(_ section: StudySection) throws -> ReportPage.Section? {
        let found = of(section.kinds, section.parts)
        let items = try found.flatMap { try show($0.findings, details: section.details) }
        guard !items.isEmpty else { return nil }
        let files = section.results.filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
        let links = files.map { ReportLink($0, to: $0) }
        return .init(
            id: section.id, title: section.title,
            items: [.text(section.what)] + items + [.details(title: "How this was computed", [.text(section.how)])]
                + (links.isEmpty ? [] : [.links(links)]))
    }

    /// Tables and figures; long tables, and those named, only when asked for.
    private func show(_ findings: Findings, details: [String]) throws -> [ReportPage.Item] {
        let isDetail = { (table: Table) in details.contains(table.label) || table.rows.count > 16 }
        let tables = findings.tables.filter { !isDetail($0) }.map { ReportPage.Item.table($0) }
        let figures = try findings.figures.map { path -> ReportPage.Item in
            let place = "\(folder)/\(path)" as NSString
            return .figure(try ReportFigure(place.lastPathComponent, in: place.deletingLastPathComponent, page: folder))
        }
        let hidden = findings.tables.filter(isDetail)
        return tables + figures + hidden.map { .details(title: Self.brief($0.caption), [.table($0)]) }
    }

    /// The first sentence.
    private static func brief(_ caption: String) -> String {
        caption.range(of: ". ").map { String(caption[..<$0.lowerBound]) } ?? caption
    }

    /// What was trained.
    private var variants: Table {
        Table(
            caption: "The variants: \(settings.training.epochs) epochs each, the weights of the best kept.",
            label: "variants",
            columns: ["variant", "loss", "network", "seeds"].map { .init($0) },
            rows: settings.variants.map { variant in
                let terms = variant.terms.map { $0.weight == 1 ? $0.name : "\($0.weight) \($0.name)" }
                let seeds = (variant.seeds ?? settings.seeds).map(String.init)
                return [
                    .text(variant.name), .text(terms.joined(separator: " + ")),
                    .text(settings.network(of: variant).summary), .text(seeds.joined(separator: ", ")),
                ]
            })
    }

    private func run() throws -> ReportPage.Section {
        let kinds = StudyStep.Kind.allCases.filter { kind in records.contains { $0.step.kind == kind } }
        let cost = Table(
            caption: "What each kind of step took, all sittings together.", label: "cost",
            columns: ["step", "steps", "failed", "time", "budget"].map { .init($0) },
            rows: kinds.map { kind in
                let own = records.filter { $0.step.kind == kind }
                return [
                    .text(kind.rawValue), .count(own.count), .count(own.count { $0.record.outcome == .failed }),
                    .text(ProgressLine.duration(own.reduce(0) { $0 + $1.record.seconds })),
                    settings.budgets[kind.rawValue].map { .text(ProgressLine.duration($0)) } ?? .missing,
                ]
            })
        let environment = try String(contentsOfFile: "\(folder)/environment.json", encoding: .utf8)
        let jets = (try? String(contentsOfFile: "\(folder)/results/jets.json", encoding: .utf8)) ?? ""
        return .init(
            id: "run", title: "The run",
            items: [.table(variants)] + (try of([.jets]).flatMap { try show($0.findings, details: []) }) + [
                .table(cost), .details(title: "The study's settings", [.verbatim(try settings.yaml())]),
                .details(title: "The jets' files and fingerprints", [.verbatim(jets)]),
                .details(title: "Program, libraries and machine", [.verbatim(environment)]),
                .text(
                    "Results are the same to the last bit for any number of threads, on this type of processor and these "
                        + "versions of the libraries; `goldstone study` with the settings above makes this page again."),
            ])
    }
}
