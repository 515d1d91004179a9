import Foundation

/// A text in which nothing is markup, for a page's text and for quoted attributes; characters that no page may hold
/// (control characters but tabs and line feeds) become `�`; carriage returns are left out.
public func escapedForHTML(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    // By code point: a combining sign after `<` would make one character of the two.
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": escaped += "&amp;"
        case "<": escaped += "&lt;"
        case ">": escaped += "&gt;"
        case "\"": escaped += "&quot;"
        case "'": escaped += "&#39;"
        case "\r": continue  // a line of Windows ends with a line feed, too
        case "\t", "\n": escaped.unicodeScalars.append(scalar)
        case "\u{0}"..<" ", "\u{7F}"..<"\u{A0}", "\u{FFFE}", "\u{FFFF}": escaped.unicodeScalars.append("\u{FFFD}")
        default: escaped.unicodeScalars.append(scalar)
        }
    }
    return escaped
}

/// Pieces of a page. Everything is written so that XML's stricter readers accept it too.
enum HTML {
    /// `<name key="value">content</name>`; the content is markup already.
    static func element(_ name: String, _ attributes: [(String, String)] = [], _ content: String) -> String {
        "<\(name)\(written(attributes))>\(content)</\(name)>"
    }

    /// `<name key="value"/>`, for elements that hold nothing.
    static func void(_ name: String, _ attributes: [(String, String)]) -> String {
        "<\(name)\(written(attributes))/>"
    }

    /// An element for each text, each text with its `code`.
    static func list(_ name: String, _ items: [String]) -> String {
        element(name, [], items.map { element("li", [], inline($0)) }.joined(separator: "\n"))
    }

    /// An escaped text in which what stands between two backticks is code.
    static func inline(_ text: String) -> String {
        var parts = text.split(separator: "`", omittingEmptySubsequences: false).map { escapedForHTML(String($0)) }
        // An odd one out is a backtick.
        if parts.count.isMultiple(of: 2) {
            let last = parts.removeLast()
            parts[parts.count - 1] += "`" + last
        }
        return parts.enumerated().map { $0.offset.isMultiple(of: 2) ? $0.element : element("code", [], $0.element) }
            .joined()
    }

    /// Letters, digits, `-` and `_` of a name; what else it has becomes `-`.
    static func identifier(_ name: String) -> String {
        let allowed = name.unicodeScalars.map { scalar -> Character in
            scalar.isASCII && (CharacterSet.alphanumerics.contains(scalar) || "-_".unicodeScalars.contains(scalar))
                ? Character(scalar) : "-"
        }
        return String(allowed)
    }

    /// A relative path as an address: every byte but those of plain file names in percent notation, so that no name is
    /// read as a scheme, a query or a fragment.
    static func address(_ path: String) -> String {
        let plain = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./")
        let encoded = path.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
        // Two slashes in front would name another machine.
        return encoded.hasPrefix("//") ? "." + encoded : encoded
    }

    /// JSON that may stand in a `script` element: no `<` or `&`, which could end it, is left as such.
    static func embedded(_ value: JSONValue) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
            .replacingOccurrences(of: "&", with: "\\u0026").replacingOccurrences(of: "<", with: "\\u003c")
            .replacingOccurrences(of: ">", with: "\\u003e")
    }

    /// A program that may stand in a `script` element. What could end the element is only ever in a program's texts,
    /// where a backslash more changes nothing.
    static func embedded(program: String) -> String {
        program.replacingOccurrences(of: "</script", with: "<\\/script", options: .caseInsensitive)
            .replacingOccurrences(of: "<!--", with: "<\\!--")
    }

    private static func written(_ attributes: [(String, String)]) -> String {
        attributes.map { " \($0.0)=\"\(escapedForHTML($0.1))\"" }.joined()
    }
}
