import Foundation
import Testing

import Columns

@Suite struct CSVFileTests {
    private func read(
        _ text: String, _ numbers: [String], integers: [String] = []
    ) throws -> (numbers: [[Double]], integers: [[Int64]]) {
        try CSVFile(Data(text.utf8), file: "x.csv").read(numbers: numbers, integers: integers)
    }

    @Test func `Columns by name, in any order, some not looked at`() throws {
        let text = "name,score,label,event\nfirst,0.25,1,9007199254740993\n\"b, \"\"c\"\"\",-1e-3,0,-4\n"
        let (numbers, integers) = try read(text, ["label", "score"], integers: ["event"])
        #expect(numbers == [[1, 0], [0.25, -1e-3]] && integers == [[9_007_199_254_740_993, -4]])
        #expect(try CSVFile(Data(text.utf8), file: "x.csv").names == ["name", "score", "label", "event"])
    }

    @Test(arguments: [
        "a,b\n1,2\n3,4\n", "a;b\r\n1;2\r\n3;4\r\n", "a\tb\n1\t2\n3\t4", "a b\n 1  2 \n3 4\n\n\n",
        "\u{FEFF}a,b\n1,2\n3,4\n",
        "# a,b\n1,2\n3,4\n", "a, b\n1 , 2\n\"3\", \"4\"\n", ",a,b\n0,1,2\n1,3,4\n", "a,\"b\"\n1,2.0\n3.0e0,+4\n",
        "c,a,b\n\"two\nlines\",1,2\nx,3,4\n",
    ])
    func `Separators, ends of lines and quotation marks that others write`(text: String) throws {
        let (numbers, integers) = try read(text, ["a", "b"], integers: ["b"])
        #expect(numbers == [[1, 3], [2, 4]] && integers == [[2, 4]])
    }

    @Test func `Without names columns are numbered`() throws {
        #expect(try read("1,0.5\n0,0.75\n", ["0", "1"]).numbers == [[1, 0], [0.5, 0.75]])
        // As numpy.savetxt writes them.
        #expect(try read("1.000000000000000000e+00 5e-01\n0 7.5e-01\n", ["1"]).numbers == [[0.5, 0.75]])
        #expect(try read("3\n4\n", ["0"]).numbers == [[3, 4]])
    }

    @Test func `Words that are numbers`() throws {
        #expect(
            try read("y,s\nTrue,inf\nfalse,-Infinity\n", ["y", "s"]).numbers == [[1, 0], [.infinity, -.infinity]])
    }

    @Test func `Numbers are those of the C library, to the last bit`() throws {
        let texts = ["0.1", "5e-324", "1.7976931348623157e308", "123456789.123456789", "-0.0", ".5", "1.", "1e400"]
        let read = try read("a\n" + texts.joined(separator: "\n"), ["a"]).numbers[0]
        #expect(read.map(\.bitPattern) == texts.map { strtod($0, nil).bitPattern })
    }

    @Test(arguments: [
        ("a,b\n1,2\n3\n", "line 3: 1 field,"), ("a,b\n1,2,3\n", "line 2: 3 fields"),
        ("a,b\n1,2\n\n3,4\n", "line 3: 1 field"),
        ("a,b\n1,\n", "line 2: b is empty"), ("a,b\n1,nan\n", "line 2: b is “nan”"),
        ("a,b\n1,2\n3,0x10\n", "line 3: b is “0x10”"),
        ("a,b\n1,1 2\n", "“1 2”"), ("a;b\n1;0,5\n", "“0,5”"), ("a,b\n1,--2\n", "“--2”"), ("a,b\n1,1e\n", "“1e”"),
        ("c,a,b\n\"1\n2\",3,x\n", "line 2: b is “x”"), ("c,a,b\n\"1\n2\",3,4\n0,0,y", "line 4: b is “y”"),
        ("a,b\n1,\"2\n", "line 2: a quotation mark is opened"),
        ("a,b\n1,2\"\n", "line 2: a quotation mark stands inside"),
        ("a,b\n1,\"2\"3\n", "line 2: something follows"), ("a,b\n1,\0\n", "line 2: a byte is 0"),
        ("a,b\n1,2\r3,4\n", "line 2: a carriage return"), ("a,b\n", "no rows"), ("", "no rows"), ("\n\n", "no rows"),
        ("a,b,a\n1,2,3\n", "two columns are called a"), ("a,c\n1,2\n", "no column b"),
    ])
    func `What is wrong is named with its line`(text: String, words: String) {
        let error = #expect(throws: ColumnsError.self) { try read(text, ["a", "b"]) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("x.csv") == true)
    }

    @Test(arguments: ["1.5", "9223372036854775808", "1e30", "x", ""])
    func `Numbers that are not whole`(value: String) {
        let error = #expect(throws: ColumnsError.self) { try read("a,b\n1,\(value)\n", [], integers: ["b"]) }
        #expect(error?.description.contains("must be a whole number") == true)
    }

    @Test func `What is written is read again`() throws {
        try withScratchFolder { folder in
            let numbers = [0.1, 1e-300, -.infinity], whole: [Int64] = [.min, 0, .max]
            try CSVFile.write([NamedColumn("s", numbers), NamedColumn("event", whole)], to: "\(folder)/x.csv")
            let read = try CSVFile(contentsOf: "\(folder)/x.csv").read(numbers: ["s"], integers: ["event"])
            #expect(read.numbers == [numbers] && read.integers == [whole])
        }
    }
}
