/// The name of `candidates` with the fewest edits (insertions, deletions, replacements, swaps of neighbours) to
/// `name`, or nil where even that one is nothing like it (more than half of its letters would have to change).
///
/// Only the first 1,000 candidates are looked at, and none of names over 100 letters: names come out of files.
public func nearestName(to name: String, in candidates: some Sequence<String>) -> String? {
    guard name.utf8.count <= 100 else { return nil }
    let best = candidates.prefix(1000).filter { $0.utf8.count <= 100 }
        .map { (editDistance(name.lowercased(), $0.lowercased()), $0) }.min { $0 < $1 }
    guard let (distance, candidate) = best, distance <= max(1, max(name.count, candidate.count) / 2) else { return nil }
    return candidate
}

/// Damerau–Levenshtein distance (optimal string alignment). Cost: O(m·n).
func editDistance(_ first: String, _ second: String) -> Int {
    let a = Array(first), b = Array(second)
    var beforeLast = [Int](), last = Array(0...b.count)
    for i in 0..<a.count {
        var row = [i + 1]
        for j in 0..<b.count {
            var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
            if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
            row.append(cost)
        }
        (beforeLast, last) = (last, row)
    }
    return last[b.count]
}
