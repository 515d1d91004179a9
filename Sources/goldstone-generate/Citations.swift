/// What a paper that uses these jets cites.
enum Citations {
    static let all = [
        "C. Bierlich et al., A comprehensive guide to the physics and usage of PYTHIA 8.3, arXiv:2203.11601",
        "P. Skands, S. Carrazza, J. Rojo, Tuning PYTHIA 8.1: the Monash 2013 tune, arXiv:1404.5630",
        "R. D. Ball et al., Parton distributions with LHC data (NNPDF2.3), arXiv:1207.1303",
        "M. Cacciari, G. P. Salam, G. Soyez, FastJet user manual, arXiv:1111.6097",
        "M. Cacciari, G. P. Salam, G. Soyez, The anti-kt jet clustering algorithm, arXiv:0802.1189",
        "E. Coleman et al., The importance of calorimetry for highly-boosted jet substructure, arXiv:1709.08705",
    ]

    static func versions(_ record: [String: String]) -> String {
        "Pythia \(record["pythia"] ?? "") and FastJet \(record["fastjet"] ?? "")"
    }
}
