/// The records of the demonstration: `Samples/data/contacts.jsonl`, so that the program needs no
/// other file.
///
/// The people and places are invented.
enum DemoData {
    // swift-format-ignore: a line is a record.
    static let contacts = #"""
        {"kind":"contact","fields":{"preferred_name":"Dr Ayesha Malik","names":[{"text":"عائشہ ملک","lang":"ur"}],"employer":"Charité Berlin","position":"Head of Laboratory","country_of_residence":"DE","city":"Berlin","emails":[{"value":"ayesha.malik@charite.example","type":"work"}],"research_fields":[{"code":"3.1","level":"leading"}],"languages":[{"lang":"ur","level":"native"},{"lang":"de","level":"c1"}],"roles":["diaspora","expert"],"standing":"active","last_contacted":"2026-02-11","import_ids":["portal:1001"]}}
        {"kind":"contact","fields":{"preferred_name":"Prof Bilal Sheikh","employer":"Imperial College","position":"Professor","country_of_residence":"GB","city":"London","emails":[{"value":"b.sheikh@imperial.example","type":"work"}],"research_fields":[{"code":"2.7","level":"leading"}],"themes":["water","climate"],"roles":["diaspora"],"willing_to":[{"what":"review"}],"standing":"active","last_contacted":"2026-01-20","import_ids":["portal:1002"]}}
        {"kind":"contact","fields":{"preferred_name":"Dr Sana Tariq","employer":"CERN","position":"Research Engineer","country_of_residence":"CH","city":"Geneva","research_fields":[{"code":"1.3","level":"expert"}],"keywords":["detectors","cryogenics"],"roles":["diaspora","alumni"],"standing":"prospect","import_ids":["portal:1003"]}}
        {"kind":"organisation","fields":{"name":"Institute for Arid Land Studies","names":[{"text":"IALS","type":"acronym"}],"types":["facility"],"sector":"academia","country":"PK","city":"Multan","status":"active","import_ids":["portal:2001"]}}
        {"kind":"collaboration","fields":{"title":"Groundwater Sensors for the Indus Basin","type":"project","status":"implementation","start":"2025-09","countries":["PK","GB"],"themes":["water"],"sdg":["6.4"],"budget":[{"amount":{"amount":"240000.00","currency":"GBP"},"kind":"committed","instrument":"grant"}],"import_ids":["portal:3001"]}}

        """#
}
