import Foundation
import Support

/// A figure of a page: its specification, from which the browser draws an interactive chart, and the picture that stands
/// there until then, without JavaScript, and in print.
public struct ReportFigure: Sendable, Equatable {
    /// The file's name, without an ending: `roc`.
    public let name: String
    public let title: String
    /// What is plotted, how the numbers were computed, what bands and bars are.
    public let caption: String
    /// What the picture shows, for who can't see it.
    public let alternative: String
    /// The Vega-Lite document.
    public let specification: JSONValue
    /// The picture; nil where it could not be drawn.
    public let drawing: String?
    /// The figure as files, for papers and other programs.
    public let files: [ReportLink]

    /// - Parameters:
    ///   - title: nil for the specification's own
    ///   - caption: nil for the specification's own subtitle
    ///   - alternative: nil for what the specification's axes and legends say
    ///   - drawing: an SVG document
    public init(
        name: String, title: String? = nil, caption: String? = nil, alternative: String? = nil,
        specification: JSONValue, drawing: String? = nil, files: [ReportLink] = []
    ) {
        let words = SpecificationWords(specification)
        self.name = name
        self.title = title ?? words.title
        self.caption = caption ?? words.subtitle
        self.alternative = alternative ?? words.alternative(title: self.title)
        self.specification = specification
        self.drawing = drawing
        self.files = files
    }

    /// What ``FigureRenderer`` wrote: `folder/name.vl.json`, and of `name.svg`, `name.pdf` and `name.png` those that are
    /// there.
    ///
    /// - Parameter page: the folder in which the page will be; links are relative to it. `folder` lies in it.
    /// - Throws: `FileError` where there is no specification or it is damaged.
    public init(
        _ name: String, in folder: String, page: String, caption: String? = nil, alternative: String? = nil
    ) throws {
        let path = "\(folder)/\(name)"
        let specification: JSONValue = try readJSON(from: "\(path).vl.json")
        let drawing = FileManager.default.contents(atPath: "\(path).svg").map { String(decoding: $0, as: UTF8.self) }
        let root = URL(fileURLWithPath: page).standardizedFileURL.path
        let place = URL(fileURLWithPath: folder).standardizedFileURL.path
        precondition(place == root || place.hasPrefix(root + "/"), "\(folder) is not in \(page)")
        let relative = place == root ? "" : place.dropFirst(root.count + 1) + "/"
        let kinds = [("pdf", "PDF"), ("svg", "SVG"), ("png", "PNG"), ("vl.json", "data and specification")]
        let files = kinds.filter { FileManager.default.fileExists(atPath: "\(path).\($0.0)") }
            .map { ReportLink($0.1, to: "\(relative)\(name).\($0.0)") }
        self.init(
            name: name, caption: caption, alternative: alternative, specification: specification, drawing: drawing,
            files: files)
    }
}

/// A link to a file beside the page.
public struct ReportLink: Sendable, Equatable {
    public let title: String
    /// Relative to the page.
    public let path: String

    public init(_ title: String, to path: String) {
        self.title = title
        self.path = path
    }
}

/// What a specification says of itself in words.
private struct SpecificationWords {
    private(set) var title = ""
    private(set) var subtitle = ""
    private var panels: [String] = []
    private var axes: [String] = []
    private var series: [String] = []

    init(_ specification: JSONValue) {
        title = SpecificationWords.text(specification["title"]?["text"]) ?? ""
        subtitle = SpecificationWords.text(specification["title"]?["subtitle"]) ?? ""
        collect(specification, isWhole: true)
    }

    /// A sentence or two: the title, the axes and the names in the legends.
    func alternative(title: String) -> String {
        var sentences = [title.isEmpty ? "A figure." : "Figure: \(title)."]
        if panels.count > 1 { sentences.append("Panels: \(panels.joined(separator: "; ")).") }
        if !axes.isEmpty { sentences.append("Axes: \(axes.joined(separator: "; ")).") }
        if !series.isEmpty { sentences.append("Legend: \(series.joined(separator: "; ")).") }
        return sentences.joined(separator: " ")
    }

    private static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text
        case .array(let lines): lines.compactMap { text($0) }.joined(separator: " ")
        default: nil
        }
    }

    private mutating func collect(_ value: JSONValue, isWhole: Bool = false) {
        switch value {
        case .array(let values): for value in values { collect(value) }
        case .object(let object):
            if !isWhole, let panel = Self.text(object["title"]?["text"]) { note(panel, in: \.panels) }
            if case .object(let encoding) = object["encoding"] {
                for (channel, definition) in encoding.sorted(by: { $0.key < $1.key }) {
                    read(channel, definition)
                }
            }
            for (key, value) in object.sorted(by: { $0.key < $1.key }) where key != "data" && key != "encoding" {
                collect(value)
            }
        default: break
        }
    }

    private mutating func read(_ channel: String, _ definition: JSONValue) {
        if ["x", "y"].contains(channel), let title = Self.text(definition["axis"]?["title"]) {
            note(title, in: \.axes)
        }
        guard ["color", "stroke", "fill", "shape", "strokeDash"].contains(channel) else { return }
        if let title = Self.text(definition["legend"]?["title"]) { note(title, in: \.axes) }
        if definition["type"] != "quantitative", case .array(let names) = definition["scale"]?["domain"] {
            for name in names.compactMap({ Self.text($0) }) { note(name, in: \.series) }
        }
    }

    private mutating func note(_ text: String, in list: WritableKeyPath<SpecificationWords, [String]>) {
        if !text.isEmpty, !self[keyPath: list].contains(text) { self[keyPath: list].append(text) }
    }
}
