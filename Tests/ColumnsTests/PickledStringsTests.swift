import Testing

import Columns

@Suite struct PickledStringsTests {
    @Test func `Lists as Python 3 and Python 2 pickle them`() {
        // pickle.dumps(["E_0", "PX_0", "E_0"], 0) of Python 3, and of Python 2.
        #expect(pickledStrings("(lp0\nVE_0\np1\naVPX_0\np2\nag1\na.") == ["E_0", "PX_0", "E_0"])
        #expect(pickledStrings("(lp0\nS'E_0'\np1\naS'PX_0'\np2\nag1\na.") == ["E_0", "PX_0", "E_0"])
        #expect(pickledStrings("(lp0\n.") == [])
    }

    @Test(arguments: [
        "", ".", "(l", "(lp0\nVE_0\n.", "(lp0\nVE_0\np1\na", "(lp0\nI1\na.", "cos\nsystem\n(S'echo'\ntR.",
        "(lp0\nag0\na.",
        "(lp0\nVE_0\np1\na.x", "(lp0\nS'\na.", "((lp0\n.", "(lp0\nVE_0\np1\nVE_1\na.", "(lp0\ng9\na.",
    ])
    func `Anything else is refused, programs above all`(text: String) {
        #expect(pickledStrings(text) == nil)
    }
}
