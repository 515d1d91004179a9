import Foundation
import Testing

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// A page as an XML reader sees it: its elements in order, each with the texts in it.
final class PageReading: NSObject, XMLParserDelegate {
    struct Element {
        let name: String
        let attributes: [String: String]
        /// The names of the elements around it, the outermost first.
        let around: [String]
        var text = ""
    }

    private(set) var elements: [Element] = []
    private var open: [Int] = []

    /// Programs in JavaScript are not for XML, and are left out.
    init(_ page: String) throws {
        super.init()
        let parser = XMLParser(
            data: Data(page.replacing(#/<script(?: type="text\/plain"[^>]*)?>(?s:.*?)<\/script>/#, with: "").utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "line \(parser.lineNumber): \(String(describing: parser.parserError))")
    }

    func all(_ name: String) -> [Element] { elements.filter { $0.name == name } }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append(Element(name: name, attributes: attributes, around: open.dropLast().map { elements[$0].name }))
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        for index in open { elements[index].text += text }
    }
}
