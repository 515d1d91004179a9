import Curvature
import Foundation
import Networks
import Report
import Statistics
import Support
import Torch

/// What the functions look like: margins, decisions, layers, scale.
extension Landscape {
    // MARK: Margins and decisions

    /// What `margins.json` holds for a tagger.
    struct Decisions: Encodable {
        let margins: Margins
        /// One an eigenvector.
        let flips: [DecisionFlips]
        /// Of the eigenvalues at hand; nil where fewer than three are positive.
        let outlyingModes: OutlyingModes?
    }

    func margins() throws -> Findings {
        let bodies = try subjects.map { subject -> Decisions in
            guard subject.tagger.network.seesFeatures else { throw LandscapeError.noFeatures(weights: subject.path) }
            let directions = try subject.eigenvectors(max(1, subject.eigenvectors.count), for: .margins)
            let network = subject.tagger.network, theta = subject.tagger.theta
            let input = subject.tagger.description.input
            let margins = try Margins(
                of: network, at: theta, subject.data, signal: "\(input.signal)", background: "\(input.background)",
                reducer: reducer)
            let flips = try directions.map { direction -> DecisionFlips in
                let unit = settings.range * theta.to(.float64).norm / direction.norm
                let steps = (1...settings.flipSteps).map { unit * Double($0) / Double(settings.flipSteps) }
                let place = try place(subject, "flips", [direction], [steps])
                return try DecisionFlips(
                    of: network, at: theta, subject.data, along: direction, steps: steps, reducer: reducer,
                    label: label(.margins, subject, direction.name), keptIn: place.path, identity: place.identity)
            }
            return Decisions(
                margins: margins, flips: flips,
                outlyingModes: OutlyingModes(subject.eigenvectors.compactMap(\.eigenvalue)))
        }
        return try write(.margins, bodies, marginTable(bodies), [marginFigure(bodies), flipFigure(bodies)])
    }

    private func marginTable(_ bodies: [Decisions]) -> Table {
        let rows = zip(subjects, bodies).map { subject, body -> [Table.Cell] in
            let last = body.flips[0].points.last!
            return [.text(subject.name)] + body.margins.classes.map { .estimate($0.median) } + [
                .estimate(last.forwards), .estimate(last.backwards),
                body.outlyingModes.map { .count($0.count) } ?? .missing,
                body.outlyingModes.map { .number($0.gap, digits: 3) } ?? .missing,
            ]
        }
        let classes = bodies[0].margins.classes.map(\.name)
        return Table(
            caption: "\(subtitle). Median margin |f|/‖∇f‖ of each class, in the features as the network sees them; "
                + "decisions flipped by ε = ±\(settings.range) ‖θ‖ along the leading eigenvector; eigenvalues above the "
                + "widest gap, and the gap's factor. Errors: 95 % intervals from the number of jets.",
            label: "margins",
            columns: [.init("tagger")] + classes.map { .init("median margin, \($0)") } + [
                .init("flipped at +ε"), .init("flipped at −ε"), .init("outlying modes"), .init("gap"),
            ], rows: rows)
    }

    private func marginFigure(_ bodies: [Decisions]) -> Figure {
        let panels = bodies[0].margins.classes.indices.map { place -> Panel in
            let histograms = zip(subjects, bodies).map { ($0.name, $1.margins.classes[place].histogram) }
            let name = bodies[0].margins.classes[place].name
            return .histograms(
                histograms, x: Axis("log10 of the margin, \(name) jets", range: filled(histograms.map(\.1))),
                width: 420, height: 320)
        }
        return Figure(
            name: "margins", title: "Distance to the decision boundary", subtitle: subtitle, panels: panels)
    }

    private func flipFigure(_ bodies: [Decisions]) -> Figure {
        var lines: [Line] = [], points: [Points] = []
        for (subject, body) in zip(subjects, bodies) {
            for flips in body.flips.prefix(3) {
                let unit = flips.parameterNorm / flips.directionNorm
                // Both sides in one line, through no flips at 0.
                let sides = flips.points.reversed().map { (-$0.epsilon / unit, $0.backwards) }
                let ahead = flips.points.map { ($0.epsilon / unit, $0.forwards) }
                let none = Estimate.fraction(0, of: flips.jets)
                let all = sides + [(0, Estimate(value: 0, lower: 0, upper: none.upper, confidence: 0.95))] + ahead
                lines.append(
                    Line(
                        subject.name, x: all.map { 100 * $0.0 }, y: all.map(\.1.value), style: flips.direction))
            }
            let known = body.flips.filter { ($0.eigenvalue ?? 0) > 0 }
            func mean(_ flips: DecisionFlips, _ end: (Estimate) -> Double) -> Double {
                let last = flips.points.last!
                return (end(last.forwards) + end(last.backwards)) / 2
            }
            points.append(
                Points(
                    subject.name, x: known.map { $0.eigenvalue! }, y: known.map { mean($0, \.value) },
                    lower: known.map { mean($0, \.lower) }, upper: known.map { mean($0, \.upper) }))
        }
        return Figure(
            name: "flips", title: "Decisions flipped along eigenvectors", subtitle: subtitle,
            panels: [
                .lines(
                    lines, x: Axis("ε / ‖θ‖ [%]"), y: Axis("fraction of flipped decisions", fromZero: true), width: 420,
                    height: 320),
                .points(
                    points, x: Axis("eigenvalue λ", logarithmic: true),
                    y: Axis("flipped at ε = ±\(settings.range) ‖θ‖ (mean of both sides)", fromZero: true), width: 420,
                    height: 320),
            ])
    }

    /// From the first to the last bin that any of the histograms has something in.
    private func filled(_ histograms: [Report.Histogram]) -> ClosedRange<Double>? {
        let edges = histograms.flatMap { histogram in
            histogram.counts.indices.filter { histogram.counts[$0] > 0 }.flatMap { bin in
                [bin, bin + 1].map { histogram.lower + Double($0) * histogram.binWidth }
            }
        }
        guard let least = edges.min(), let most = edges.max() else { return nil }
        return least...most
    }

    // MARK: Jacobians

    func jacobians() throws -> Findings {
        let bodies = try subjects.map { subject -> [LayerJacobian] in
            guard case .transformer(let network) = subject.tagger.network, network.settings.layers > 0 else {
                throw LandscapeError.noEncoderLayers(weights: subject.path)
            }
            let jets = Array(0..<min(settings.jacobianJets, subject.data.count))
            let place = try place(subject, "jacobians", [], [settings.jacobians?.rawValue ?? "", jets])
            return try LayerJacobian.measure(
                of: network, at: subject.tagger.theta, subject.data, jets: jets, extent: settings.jacobians,
                reducer: reducer, label: label(.jacobians, subject), keptIn: place.path, identity: place.identity)
        }
        return try write(.jacobians, bodies, jacobianTable(bodies), [jacobianFigure(bodies)])
    }

    private func jacobianTable(_ bodies: [[LayerJacobian]]) -> Table {
        let rows = zip(subjects, bodies).flatMap { subject, layers in
            layers.map { layer -> [Table.Cell] in
                let band = layer.band
                return [
                    .text(subject.name), .count(layer.layer), .text(layer.extent.rawValue), .count(layer.count),
                    .number(Double(layer.zeros) / Double(layer.count), digits: 3),
                    .number(band.lower68, digits: 3), .number(band.median, digits: 3), .number(band.upper68, digits: 3),
                    .number(layer.largest, digits: 3), .number(layer.gain, digits: 3),
                ]
            }
        }
        return Table(
            caption: "\(subtitle). Singular values of each encoder layer's Jacobian at \(settings.jacobianJets) jets: "
                + "quantiles of those that are not 0, the largest, and √⟨s²⟩ over all.",
            label: "jacobians",
            columns: [
                .init("tagger"), .init("layer"), .init("of"), .init("values"), .init("zeros"), .init("16 %"),
                .init("median"), .init("84 %"), .init("largest"), .init("gain"),
            ], rows: rows)
    }

    private func jacobianFigure(_ bodies: [[LayerJacobian]]) -> Figure {
        let layers = bodies.map(\.count).max() ?? 0
        let panels = (0..<layers).map { layer -> Panel in
            let histograms = zip(subjects, bodies).filter { $1.count > layer }.map { ($0.name, $1[layer].histogram) }
            return .histograms(
                histograms,
                x: Axis(
                    "log10 of the singular values, layer \(layer)",
                    range: filled(bodies.flatMap { $0 }.map(\.histogram))),
                width: 360, height: 300)
        }
        return Figure(
            name: "jacobians", title: "Singular values of the encoder layers' Jacobians",
            subtitle: "\(subtitle); Jacobians at the first \(settings.jacobianJets) of them",
            panels: panels)
    }

    // MARK: Scale

    func flatness() throws -> Findings {
        let bodies = try subjects.map { subject -> Flatness in
            guard subject.tagger.endsWithOutputLayer(subject.data) else {
                throw LandscapeError.noOutputLayer(weights: subject.path)
            }
            return try Flatness(
                of: subject.tagger.network, at: subject.tagger.theta, validation: subject.validation, subject.data,
                seed: settings.seed, reducer: reducer)
        }
        let rows = zip(subjects, bodies).map { subject, body -> [Table.Cell] in
            func cell(_ flatness: RelativeFlatness) -> Table.Cell {
                flatness.standardError.map { .measured(flatness.value, error: $0) } ?? .number(flatness.value)
            }
            return [
                .text(subject.name), .measured(body.temperature.value, error: body.temperature.standardError),
                .number(body.temperature.crossEntropyBefore), .number(body.temperature.crossEntropyAfter),
                cell(body.before), cell(body.after),
            ]
        }
        let table = Table(
            caption:
                "\(subtitle). Temperature that minimises the validation jets' cross-entropy, and relative flatness κ of "
                + "\(bodies[0].layer) on the test jets, of the weights as they are and with logits divided by the "
                + "temperature.",
            label: "flatness",
            columns: [
                .init("tagger"), .init("temperature"), .init("BCE"), .init("BCE at temperature"),
                .init("κ", latex: "$\\kappa$"), .init("κ at temperature", latex: "$\\kappa$ at temperature"),
            ], rows: rows)
        return try write(.flatness, bodies, table, [])
    }
}
