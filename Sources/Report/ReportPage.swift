import Statistics

/// One self-contained HTML page: texts, tables and figures in sections, with contents, warnings and verdicts.
///
/// Everything is inline, and the page forbids the browser any request: it opens from a file, without a network. Texts are
/// plain; what stands between backticks is shown as code. See ``html(charts:still:)``.
public struct ReportPage: Sendable, Equatable {
    public let title: String
    /// What was studied, in a line.
    public let subtitle: String
    public let sections: [Section]

    public init(title: String, subtitle: String, sections: [Section]) {
        self.title = title
        self.subtitle = subtitle
        self.sections = sections
    }

    /// A part of the page, in its contents.
    public struct Section: Sendable, Equatable {
        /// For links to it: `curvature`.
        public let id: String
        public let title: String
        public let items: [Item]

        public init(id: String, title: String, items: [Item]) {
            self.id = id
            self.title = title
            self.items = items
        }
    }

    /// What a section holds.
    public indirect enum Item: Sendable, Equatable {
        /// A paragraph.
        case text(String)
        case list([String])
        /// Lines as they are, in letters of one width: a study file.
        case verbatim(String)
        case table(Table)
        case figure(ReportFigure)
        /// What must be known before the numbers are believed.
        case warnings([String])
        /// What came of each claim, in words: readable where a table of ten columns is not.
        case verdicts([Reading])
        case links([ReportLink])
        /// What is shown when asked for: every seed's values, how each number was computed, the environment.
        case details(title: String, [Item])
    }

    /// A claim with its verdict.
    public struct Reading: Sendable, Equatable {
        public let verdict: Verdict
        /// The claim.
        public let title: String
        /// What was found.
        public let text: String

        public init(_ verdict: Verdict, title: String, text: String) {
            self.verdict = verdict
            self.title = title
            self.text = text
        }
    }
}
