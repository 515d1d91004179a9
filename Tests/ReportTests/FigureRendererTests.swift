import Foundation
import Report
import Support
import Testing

/// A folder of its own for a test, removed afterwards.
private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}

/// True where vl-convert draws; tests of pictures are skipped elsewhere, as users go without them.
private let canDraw: Bool = {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("figures-\(UUID())").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let figure = Figure(name: "f", title: "", subtitle: "", panels: [.lines([], x: Axis("x"), y: Axis("y"))])
    return (try? FigureRenderer().write([figure], to: folder, formats: [.svg]))?
        .warnings.contains { $0.contains("vl-convert") || $0.contains("python3") } == false
}()

@Suite struct FigureRendererTests {
    @Test(.enabled(if: canDraw, "the Python package vl-convert-python is not installed, so nothing can be drawn"))
    func drawsEveryFigureInEveryFormat() throws {
        try withFolder { folder in
            let figures = InventedFigures.all
            let outcome = try FigureRenderer().write(figures, to: folder)
            #expect(outcome.warnings == [])
            let endings = ["vl.json", "svg", "pdf", "png"]
            let expected = figures.flatMap { figure in endings.map { "\(folder)/\(figure.name).\($0)" } }
            #expect(Set(outcome.files) == Set(expected))
            let present = try FileManager.default.contentsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
            #expect(Set(present) == Set(expected))
            for figure in figures {
                let path = "\(folder)/\(figure.name)"
                func bytes(_ ending: String) throws -> Data {
                    try #require(FileManager.default.contents(atPath: "\(path).\(ending)"))
                }
                #expect(try bytes("pdf").starts(with: Data("%PDF-".utf8)))
                #expect(try bytes("png").starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
                let svg = String(decoding: try bytes("svg"), as: UTF8.self)
                #expect(svg.hasPrefix("<svg") && svg.contains(figure.title))
            }
            // Each name of the legend is there: an easy thing to lose.
            let svg = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/jet-mass.svg")), as: UTF8.self)
            for name in ["gluon", "quark", "top"] { #expect(svg.contains(">\(name)</text>")) }
            let bands = String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: "\(folder)/invariance.svg")), as: UTF8.self)
            #expect(bands.contains(">boost augmentation</text>"))
        }
    }

    /// A stand-in that can't be imported is what a machine without the package looks like.
    @Test func withoutVlConvertTheSpecificationIsWrittenAndAWarningSaysSo() throws {
        try withFolder { folder in
            try Data("raise ImportError('not here')\n".utf8).write(to: URL(fileURLWithPath: "\(folder)/vl_convert.py"))
            // A picture that an earlier run left must not stay beside a new specification.
            try Data("old".utf8).write(to: URL(fileURLWithPath: "\(folder)/out.svg"))
            let figure = Figure(
                name: "out", title: "t", subtitle: "s",
                panels: [.lines([Line("a", x: [0, 1], y: [0, 1])], x: Axis("x"), y: Axis("y"))])
            let outcome = try FigureRenderer(packages: folder).write([figure], to: folder)
            #expect(outcome.files == ["\(folder)/out.vl.json"])
            #expect(outcome.warnings.count == 1 && outcome.warnings[0].contains("vl-convert"))
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/out.svg"))
            let data = try #require(FileManager.default.contents(atPath: "\(folder)/out.vl.json"))
            #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: data) }
        }
    }

    @Test func aDrawingThatFailsIsAWarningNamingItsFile() throws {
        try withFolder { folder in
            let program = """
                def get_vegalite_versions(): return ["5.8", "5.21", "6.1"]
                def vegalite_to_svg(specification, vl_version, allowed_base_urls): return "drawn by " + vl_version
                def vegalite_to_pdf(*ignored, **also): raise ValueError("no ink")
                """
            try Data(program.utf8).write(to: URL(fileURLWithPath: "\(folder)/vl_convert.py"))
            let figure = Figure(name: "out", title: "", subtitle: "", panels: [])
            let outcome = try FigureRenderer(packages: folder).write([figure], to: folder, formats: [.svg, .pdf])
            #expect(outcome.files == ["\(folder)/out.vl.json", "\(folder)/out.svg"])
            #expect(outcome.warnings == ["\(folder)/out.pdf could not be drawn: no ink"])
            // The newest version of the specification's own generation: 5.21 is newer than 5.8.
            #expect(FileManager.default.contents(atPath: "\(folder)/out.svg") == Data("drawn by 5.21".utf8))
        }
    }

    @Test func aFolderThatCanNotBeWrittenIsAnError() {
        #expect(throws: FileError.self) {
            try FigureRenderer().write([InventedFigures.invariance()], to: "/proc/nowhere")
        }
    }

    @Test func theEnvironmentNamesThePackages() {
        #expect(FigureRenderer.findPackages(environment: ["GOLDSTONE_PYTHON_PATH": "/some/where"]) == "/some/where")
    }
}
