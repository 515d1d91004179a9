import Foundation

extension FigureRenderer {
    /// The JavaScript program with which a browser draws charts, as one text that needs nothing else: Vega-Embed, Vega-Lite
    /// and Vega, in the versions that vl-convert holds. It sets `window.vegaEmbed`.
    ///
    /// Putting it together takes seconds; vl-convert's folder then keeps it, where it may be written.
    ///
    /// - Returns: the program, or nil and why there is none
    public func chartProgram() -> (program: String?, warnings: [String]) {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("goldstone-charts-\(UUID()).js").path
        defer { unlink(path) }
        if let problem = python(Self.bundling, [path]).problem {
            return (nil, ["the report's charts are still pictures: \(problem)"])
        }
        guard let data = FileManager.default.contents(atPath: path), !data.isEmpty else {
            return (nil, ["the report's charts are still pictures: vl-convert gave no program that draws them"])
        }
        return (Self.licences + String(decoding: data, as: UTF8.self), [])
    }

    /// What goes with a copy of the program, and a page is one.
    private static let licences = """
        /* Vega, Vega-Lite, Vega-Embed, Vega-Tooltip: Copyright University of Washington Interactive Data Lab and \
        contributors, BSD 3-Clause licence. D3, TopoJSON: Copyright Mike Bostock, ISC licence. fast-json-patch, \
        json-stringify-pretty-compact, Lodash: MIT licence. All are provided "as is", without warranty of any kind. */

        """

    private static let bundling = """
        import os, sys
        try:
            import vl_convert
        except ImportError:
            sys.exit(3)
        # The newest reads documents of version 5 as well, and alone fits the Vega that it is bundled with.
        version = max(vl_convert.get_vegalite_versions(), key=lambda v: [int(part) for part in v.split(".")])
        kept = os.path.join(os.path.dirname(os.path.abspath(vl_convert.__file__)), "goldstone-charts-" + version + ".js")
        try:
            with open(kept, encoding="utf-8") as file:
                program = file.read()
        except OSError:
            program = vl_convert.javascript_bundle(vl_version=version)
            temporary = kept + ".part-" + str(os.getpid())
            try:
                with open(temporary, "w", encoding="utf-8") as file:
                    file.write(program)
                os.replace(temporary, kept)
            except OSError:
                pass
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            file.write(program)
        """
}
