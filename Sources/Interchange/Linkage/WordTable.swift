import RecordModel

/// The distinct words of names, with what comparing them takes, each computed once.
struct WordTable {
    struct Word {
        let text: String
        let units: [UInt16]
        /// Whether it is in Latin letters.
        let isLatin: Bool
        let isInitial: Bool
        let isNumber: Bool
        /// Numbers of its consonant keys.
        let keys: [Int32]
        /// A number for each group of a name and its short forms.
        let nicknames: [Int32]
        /// The least frequency that it is taken to have.
        let leastFrequency: Double
        /// How many records have it.
        var count: Double = 0
    }

    private(set) var words: [Word] = []
    private var numbers: [String: Int32] = [:]
    private var keyNumbers: [String: Int32] = [:]
    private(set) var keyCounts: [Double] = []
    private var keyLengths: [Int] = []

    /// Returns the number of a word, which is new where it was not met.
    mutating func number(of text: String) -> Int32 {
        if let number = numbers[text] { return number }
        let keys = ConsonantSkeleton.keys(of: text).map { key in
            if let number = keyNumbers[key] { return number }
            let number = Int32(keyNumbers.count)
            keyNumbers[key] = number
            keyCounts.append(0)
            keyLengths.append(key.utf8.count)
            return number
        }
        let number = Int32(words.count)
        words.append(
            Word(
                text: text,
                units: Array(text.utf16),
                isLatin: text.utf8.allSatisfy { $0 < 0x80 },
                isInitial: text.unicodeScalars.count == 1,
                isNumber: text.utf8.allSatisfy { (0x30...0x39).contains($0) },
                keys: keys,
                nicknames: Nicknames.groups(of: text),
                leastFrequency: CommonNames.leastFrequency(of: text)
            )
        )
        numbers[text] = number
        return number
    }

    /// How many sounds a key holds.
    func keyLength(_ key: Int32) -> Int { keyLengths[Int(key)] }

    /// Notes that a record has these words.
    mutating func count(_ words: Set<Int32>) {
        var keys: Set<Int32> = []
        for word in words {
            self.words[Int(word)].count += 1
            keys.formUnion(self.words[Int(word)].keys)
        }
        for key in keys { keyCounts[Int(key)] += 1 }
    }
}

/// Names that are short for others, the common ones of a few languages.
enum Nicknames {
    private static let lists = [
        "robert bob rob bobby robbie bert", "william bill will billy willy liam",
        "richard dick rick ricky",
        "james jim jimmy jamie", "john jack johnny jon", "jonathan jon jonny", "joseph joe joey",
        "elizabeth liz beth betty lizzie eliza elisabeth lisa", "margaret maggie meg peggy greta",
        "katherine kate kathy katie catherine kat cathy kathryn", "michael mike mick mickey misha",
        "edward ed eddie ted ned", "thomas tom tommy", "charles charlie chuck chas",
        "henry harry hank",
        "anthony tony", "andrew andy drew", "alexander alex sasha sandy",
        "alexandra alex sasha sandra",
        "benjamin ben benny bibi", "daniel dan danny", "david dave davy", "donald don",
        "frederick fred freddie fritz", "gregory greg", "matthew matt", "nicholas nick niko",
        "patrick pat paddy", "patricia pat patty trish", "peter pete", "philip phil",
        "samuel sam sammy",
        "samantha sam", "stephen steve steven", "susan sue susie", "timothy tim",
        "vladimir vova volodya",
        "nikolai kolya", "dmitry dima", "sergei seryozha", "ivan vanya", "maria masha",
        "anna anya ann annie",
        "deborah debbie deb", "jennifer jen jenny", "jessica jess jessie", "victoria vicky vic",
        "christopher chris", "christina chris tina christine", "lawrence larry", "leonard leo len",
        "rebecca becky", "theodore ted theo", "abigail abby", "joshua josh", "zachary zach",
        "maximilian max",
        "jose pepe", "francisco paco pancho", "johannes hans", "joachim jochen achim",
        "mehmet muhammad",
        "giuseppe peppe beppe", "ludwig lutz", "friedrich fritz", "gabriel gabe",
        "nathaniel nathan nate",
        "ronald ron ronnie", "kenneth ken kenny", "raymond ray", "gerald gerry jerry",
        "jeffrey jeff geoffrey",
    ]

    private static let groupsByName: [String: [Int32]] = {
        var groups: [String: [Int32]] = [:]
        for (number, list) in lists.enumerated() {
            for name in list.split(separator: " ") {
                groups[String(name), default: []].append(Int32(number))
            }
        }
        return groups
    }()

    /// Returns the groups to which a folded word belongs.
    static func groups(of word: String) -> [Int32] { groupsByName[word] ?? [] }
}

/// Names that many people of the world bear, whatever a small store says.
enum CommonNames {
    private static let prefixes: Set = ["muhammad", "syed", "abd", "maria", "jose"]
    private static let names: Set<String> = Set(
        """
        ahmad ahmed ali khan hussain husain hassan hasan fatima ayesha aisha malik rahman allah din \
        iqbal akhtar bibi ibrahim ismail yusuf omar umar mahmood mahmoud hamid abdullah john david \
        michael james robert william smith jones brown williams johnson wang li zhang liu chen yang \
        kim lee park nguyen singh kumar sharma garcia martinez rodriguez lopez gonzalez silva santos \
        ivanov anna peter thomas mueller muller schmidt martin jean pierre احمد علي خان حسين حسن \
        فاطمه محمود ابراهيم عمر
        """.split(separator: " ").map(String.init)
    )

    static func leastFrequency(of word: String) -> Double {
        if prefixes.contains(word) { return LinkageWeights.leastFrequencyOfCommonPrefixes }
        return names.contains(word) ? LinkageWeights.leastFrequencyOfCommonNames : 0
    }
}
