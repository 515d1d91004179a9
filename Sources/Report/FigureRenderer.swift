import Foundation
import Support

/// Draws figures to files by vl-convert, a Python package that holds Vega-Lite and its own fonts and needs neither a
/// browser nor a network.
///
/// A figure's specification is always written. Where Python or vl-convert is missing, or a drawing fails, that is a
/// warning, not an error: the numbers are in the specification, and it can be drawn later.
public struct FigureRenderer: Sendable {
    /// The picture formats.
    public enum Format: String, Sendable, CaseIterable {
        case svg, pdf, png
    }

    /// What came of it.
    public struct Outcome: Sendable, Equatable {
        /// The files written, specifications and pictures.
        public let files: [String]
        /// What could not be drawn, why, and what to do.
        public let warnings: [String]
    }

    /// The folder with Python packages; nil for Python's own.
    public let packages: String?

    public init(packages: String? = FigureRenderer.findPackages()) { self.packages = packages }

    /// Where Python packages lie: `GOLDSTONE_PYTHON_PATH` where it is set; else `.deps/python` in the working
    /// folder, in the executable's, or the nearest folder above either.
    public static func findPackages(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> String? {
        if let path = environment["GOLDSTONE_PYTHON_PATH"] { return path }
        return Python.nearest(".deps/python")
    }

    /// Writes each figure to `folder` as `name.vl.json` and as a picture in each format, in one run of Python, whose
    /// start takes longer than a drawing.
    ///
    /// - Throws: `FileError` where a specification can't be written.
    public func write(_ figures: [Figure], to folder: String, formats: [Format] = Format.allCases) throws -> Outcome {
        var files = [String]()
        let pictures = figures.flatMap { figure in formats.map { "\(folder)/\(figure.name).\($0.rawValue)" } }
        // A picture of an earlier run must not pass for one of this specification.
        for picture in pictures { unlink(picture) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for figure in figures {
            let path = "\(folder)/\(figure.name).vl.json"
            try writeAtomically(encoder.encode(figure.specification), to: path)
            files.append(path)
        }
        guard !figures.isEmpty, !formats.isEmpty else { return Outcome(files: files, warnings: []) }
        let problems = draw(files, formats: formats)
        let drawn = pictures.filter { FileManager.default.fileExists(atPath: $0) }
        return Outcome(files: files + drawn, warnings: problems)
    }

    /// Runs Python; returns what went wrong.
    private func draw(_ specifications: [String], formats: [Format]) -> [String] {
        let result = python(Self.program, [formats.map(\.rawValue).joined(separator: ",")] + specifications)
        if let problem = result.problem { return ["no figure is drawn, only specifications are written: \(problem)"] }
        return result.lines.filter { $0.hasPrefix("warning: ") }.map { String($0.dropFirst(9)) }
    }

    /// Runs a program in Python, with the packages. It ends with status 3 where there is no vl-convert.
    ///
    /// - Returns: the lines that it printed, and what kept it from its end, if anything did
    func python(_ program: String, _ arguments: [String]) -> (lines: [String], problem: String?) {
        let outcome = Python(packages: packages).run(program, arguments), lines = outcome.lines
        let problem: String? =
            switch outcome.status {
            case 0: nil
            case 3:
                "the Python package vl-convert-python is not installed; `pip install vl-convert-python`, or set "
                    + "GOLDSTONE_PYTHON_PATH to a folder that has it"
            case 127: "there is no python3; install Python 3"
            case nil: "\(lines.last ?? ""); install Python 3 and its package vl-convert-python"
            case let status?: "Python stopped with status \(status): \(lines.last ?? "no message")"
            }
        return (lines, problem)
    }

    /// What draws figures here, or why nothing does. Cost: a start of Python.
    public func description() -> (drawer: String?, problem: String?) {
        let result = python(
            """
            import os, sys
            try:
                import vl_convert
            except ImportError:
                sys.exit(3)
            print("vl-convert", vl_convert.__version__, "in", os.path.dirname(os.path.dirname(vl_convert.__file__)))
            """, [])
        return result.problem.map { (nil, $0) } ?? (result.lines.last, nil)
    }

    /// Draws each specification beside itself. Each picture is written under another name and renamed; of one
    /// that fails, a line says why. Specifications are of Vega-Lite 5, so the newest 5 draws them.
    private static let program = """
        import os, sys
        try:
            import vl_convert
        except ImportError:
            sys.exit(3)
        newest = [v for v in vl_convert.get_vegalite_versions() if v.startswith("5.")]
        version = max(newest, key=lambda v: [int(part) for part in v.split(".")]) if newest else None
        for path in sys.argv[2:]:
            for form in sys.argv[1].split(","):
                target = path.removesuffix(".vl.json") + "." + form
                try:
                    with open(path, encoding="utf-8") as file:
                        specification = file.read()
                    draw = getattr(vl_convert, "vegalite_to_" + form)
                    options = {"ppi": 144} if form == "png" else {}
                    # No picture needs the network.
                    drawn = draw(specification, vl_version=version, allowed_base_urls=[], **options)
                    temporary = target + ".part-" + str(os.getpid())
                    with open(temporary, "wb") as file:
                        file.write(drawn.encode() if isinstance(drawn, str) else drawn)
                    os.replace(temporary, target)
                except Exception as error:
                    reason = " ".join(str(error).split())[:300]
                    print("warning: " + target + " could not be drawn: " + reason)
        """
}
