import Report

extension Table {
    /// Which files were written, and how far they are from their taggers.
    public static func exports(_ written: [TaggerExport.Written]) -> Table {
        Table(
            caption:
                "Exported taggers. Relative difference: |f − f′| over the larger of |f| and the root mean square of f, "
                + "f being a tagger's logit and f′ the file's in ONNX Runtime.",
            label: "exports",
            columns: [
                Column("file"), Column("form"), Column("bytes"), Column("jets compared"),
                Column("largest relative difference"),
            ],
            rows: written.map { file in
                [
                    .text(file.path), .text(file.form.rawValue), .count(file.bytes),
                    file.check.map { .count($0.jets) } ?? .missing,
                    file.check.map { .number($0.largestDifference, digits: 2) } ?? .text("unverified"),
                ]
            })
    }

    /// What a jet takes; nil where that was not measured.
    public static func speeds(_ written: [TaggerExport.Written]) -> Table? {
        let rows = written.flatMap { file in
            file.speed.map { speed in
                [
                    Cell.text(file.path), .count(speed.batch), .number(1e6 * speed.runtimeSeconds, digits: 3),
                    .number(1e6 * speed.ownSeconds, digits: 3),
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return Table(
            caption:
                "Time of a jet on one thread, medians: in ONNX Runtime from the graph's inputs on, in Goldstone from "
                + "the momenta on.",
            label: "export-speed",
            columns: [
                Column("file"), Column("jets at once"), Column("ONNX Runtime, µs a jet"), Column("Goldstone, µs a jet"),
            ],
            rows: rows)
    }
}
