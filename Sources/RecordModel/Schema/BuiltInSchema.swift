/// The schema file of this version, byte for byte `Protocol/schema/records.schema`.
// swift-format-ignore: a literal keeps its lines.
let builtInSchemaText = """
    # The records of Attaché: kinds, fields, types and policies.
    #
    # Numbers and names are interface: they never change and are never used again for something else.
    # A later schema only adds (attache schema check). Numbers of kinds and fields from 1000 on are for a
    # ministry's own additions: this schema never uses them.
    #
    #   schema VERSION
    #   common                        the fields that follow (1 to 19) belong to every kind
    #   kind NUMBER NAME handling LABEL   the fields that follow (from 20) belong to this kind;
    #                                 a new record starts with that handling label
    #   NUMBER NAME [!] TYPE POLICY [s]
    #
    # "!" names the record in lists: a record has at least one of the kind's fields that bear it.
    # TYPE is a value type (one value), "set TYPE", "log TYPE", "{PART, ...}" (a set of items with
    # parts), "rows {PART, ...}" or "log {PART, ...}". A PART is "NAME[*][:] [TYPE]"; "*" marks the
    # parts of an item's key; without a type it is text. Parts are numbered from 1 as they stand.
    # Words joined by "|" are an enumeration, for the policy "strict" from the mildest to the
    # strictest; "ref|text" is a reference or text; "id(SCHEME)" an identifier of that scheme.
    # POLICY settles siblings when reading: review, fuller, text, newest, max, min, strict,
    # first (the earliest), "-" (there is nothing to settle); "review(WORD)": that word wins.
    # "s" marks a sensitive field, "s(KIND,...)" one that is sensitive in these kinds only.
    # "#" starts a remark.

    schema 1

    common
     1 life              alive|deleted review
     2 short_id          text first                             # written once
     3 owner             text review                            # mission code; set at creation
     4 handling          PUBLIC|INTERNAL|PERSONAL|RESTRICTED strict
     5 tags              set text -
     6 sources           set text -                             # file, portal or person it came from
     7 import_ids        set text -                             # makes importing again an update
     8 extra             rows {name, value} newest s            # what a file held and no field takes
     9 attachments       {hash*, name, media_type, size int} newest s
    10 merged_into       ref review
    11 notes             log longtext - s(contact,agreement,engagement)

    kind 1 contact handling PERSONAL
    20 preferred_name    ! text fuller
    21 names             ! {text*, lang lang, script, use: display|birth|pen|translit, given, family, patronymic} newest
    22 honorific         text fuller
    23 sort_as           text fuller
    24 emails            {value* email, type: work|home|other, primary bool, valid bool} newest s
    25 phones            {value* phone, type: work|mobile|home|fax|other, primary bool, valid bool} newest s
    26 addresses         {text*, type: work|home|other, street, city, region, postcode, country country} newest s
    27 urls              {value* url, type: work|profile|other} newest
    28 orcid             id(orcid) review
    29 ids               set id -                               # isni, wikidata, scopus, scholar
    30 employer          text review                            # the present main post, as said
    31 position          text review
    32 affiliations      {organisation* ref|text, title*, from edtf, to edtf, primary bool} review
    33 country_of_residence country review
    34 city              text review
    35 origin_ties       set born|studied|citizen|family|worked - s
    36 nationality       set country - s
    37 birth_date        edtf fuller s
    38 gender            female|male|other|undisclosed review s
    39 languages         {lang* lang, level: a1|a2|b1|b2|c1|c2|native} newest
    40 research_fields   {code* ford, level: working|expert|leading, source} newest
    41 keywords          set text -
    42 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    43 expertise_summary longtext text
    44 willing_to        {what*: mentor|review|host|visit|invest|advise, until date} newest
    45 roles             set diaspora|tech_diplomat|official|expert|investor|alumni|student -
    46 relationship_owner text review                           # desk code, or desk code and officer
    47 standing          prospect|active|dormant|former|deceased review(deceased)
    48 last_contacted    date max
    49 consent           {basis*: consent|public_task|legitimate_interest|contract|vital, scope*: keep|share_with_hq|share_with_other_missions|share_with_partners|newsletter, given date, withdrawn date, text_version, language lang, evidence} strict s
    50 do_not_contact    bool strict
    51 restricted        bool strict
    52 review_after      date min
    53 delete_after      date min

    kind 2 organisation handling INTERNAL
    20 name              ! text review                          # ROR: the ror_display name
    21 names             {text*, lang* lang, type: label|acronym|alias} newest
    22 ror               id(ror) review
    23 ids               set id -                               # isni, wikidata, fundref, grid, iati
    24 types             set education|funder|government|facility|company|healthcare|nonprofit|archive|other -
    25 sector            government|academia|industry|park|ngo|igo|other review
    26 country           country review
    27 subdivision       text review                            # ISO 3166-2
    28 city              text review
    29 location          text newest                            # latitude,longitude in degrees
    30 domains           set text -
    31 urls              {value* url, type: website|wikipedia|other} newest
    32 emails            {value* email, type: work|other} newest
    33 phones            {value* phone, type: work|fax|other} newest
    34 established       edtf fuller
    35 status            active|inactive|withdrawn|merged review
    36 relations         {organisation* ref, type*: parent|child|related|successor|predecessor, name} newest
    37 research_fields   {code* ford, level: working|expert|leading, source} newest
    38 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    39 keywords          set text -
    40 summary           longtext text

    kind 3 collaboration handling INTERNAL
    20 title             ! text review
    21 titles            {text*, lang* lang} -
    22 type              programme|project|joint_centre|exchange|facility|network|grant review
    23 status            pipeline|implementation|finalisation|closed|cancelled|suspended review   # IATI 1-6
    24 start             edtf fuller
    25 end               edtf fuller
    26 parties           {organisation* ref|text, role*: funding|accountable|extending|implementing|host|partner, from edtf, to edtf} review
    27 people            {contact* ref|text, role*, credit} review
    28 countries         set country -
    29 research_fields   {code* ford, level: working|expert|leading, source} newest
    30 sdg               set sdg -
    31 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    32 priorities        set ref -
    33 budget            rows {amount money, kind: committed|disbursed, source ref|text, instrument: grant|loan|in_kind|match, from date, to date, as_of date} review
    34 goals             set text -
    35 milestones        rows {text, due date, done date, owner} review
    36 risks             log longtext -
    37 tech_diplomat     ref review
    38 parent            ref review
    39 predecessor       ref review
    40 successor         ref review
    41 agreements        set ref -
    42 outputs           set ref -
    43 summary           longtext text
    44 lead              text review                            # desk code, or desk code and officer

    kind 4 agreement handling INTERNAL
    20 title             ! text review
    21 type              treaty|mou|loi|protocol|contract review
    22 status            draft|initialled|signed|in_force|under_renegotiation|lapsed|terminated|superseded review
    23 parties           {organisation* ref|text, side: home|counterpart|third} review
    24 countries         set country -
    25 signed            date review
    26 in_force          date review
    27 expires           date review
    28 auto_renews       bool review
    29 notice_days       int review
    30 versions          log {n int, date date, what_changed, administration_home, administration_counterpart, reason} -
    31 commitments       rows {text, side: home|counterpart|both, due date, status: open|met|overdue|waived, evidence} review
    32 depositary        text review
    33 registration_no   text review
    34 document          blob review
    35 supersedes        ref review
    36 research_fields   {code* ford, level: working|expert|leading, source} newest
    37 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    38 summary           longtext text

    kind 5 engagement handling INTERNAL
    20 subject           ! text review
    21 type              meeting|call|email|visit|event|outreach|training|site_visit review
    22 at                instant review
    23 place             text review
    24 country           country review
    25 mission           text review                            # mission code
    26 participants      {contact* ref|text, role} newest
    27 what_was_said     longtext text s
    28 outcome           longtext text
    29 follow_ups        rows {what, owner, due date, done date} review
    30 related           set ref -
    31 audience          text review                            # for outreach
    32 language          lang review
    33 reach             int review

    kind 6 opportunity handling INTERNAL
    20 title             ! text review
    21 type              call|scholarship|fellowship|post|equipment|investment|facility_time|competition review
    22 issuer            ref|text review
    23 country           country review
    24 research_fields   {code* ford, level: working|expert|leading, source} newest
    25 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    26 opens             date review
    27 deadline          instant review
    28 amount            money review
    29 eligibility       longtext text
    30 level             student|graduate|postdoctoral|senior|institution review
    31 url               url review
    32 status            open|applied|won|lost|lapsed review
    33 outcome_reason    text review
    34 matched_contacts  set ref -
    35 summary           longtext text

    kind 7 priority handling INTERNAL
    20 title             ! text review
    21 research_fields   {code* ford, level: working|expert|leading, source} newest
    22 countries         set country -
    23 country_group     text review                            # eco, sco, oic, saarc, central-asia
    24 sdg               set sdg -
    25 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    26 valid_from        date review
    27 valid_to          date review
    28 lead              text review                            # desk code, or desk code and officer
    29 indicators        rows {text, target, due date, reached date} review
    30 summary           longtext text

    kind 8 posting handling INTERNAL
    20 title             ! text review
    21 contact           ref review
    22 mission           text review                            # mission code
    23 portfolio_fields  set ford -
    24 portfolio_countries set country -
    25 from              date review
    26 to                date review
    27 handover_to       ref review
    28 handover_note     longtext text

    kind 9 event handling INTERNAL
    20 title             ! text review
    21 type              conference|summit|seminar|competition|fair|visit|other review
    22 start             edtf fuller
    23 end               edtf fuller
    24 place             text review
    25 country           country review
    26 organisers        {organisation* ref|text, role} newest
    27 attendees         {contact* ref|text, status: invited|registered|attended|declined} newest
    28 winners           set ref|text -
    29 research_fields   {code* ford, level: working|expert|leading, source} newest
    30 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    31 audience          text review
    32 language          lang review
    33 reach             int review
    34 related           set ref -
    35 summary           longtext text

    kind 10 output handling INTERNAL
    20 title             ! text review
    21 type              publication|dataset|patent|software|policy_brief|other review
    22 doi               id(doi) review
    23 ids               set id -
    24 authors           {author* ref|text, position int, credit} newest
    25 venue             text review
    26 published         edtf fuller
    27 languages         set lang -
    28 url               url review
    29 research_fields   {code* ford, level: working|expert|leading, source} newest
    30 sdg               set sdg -
    31 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    32 collaborations    set ref -
    33 organisations     set ref|text -
    34 summary           longtext text

    kind 11 assessment handling INTERNAL
    20 subject           ! text review
    21 quadrant          strength|weakness|opportunity|threat review
    22 research_field    ford review
    23 country           country review
    24 statement         longtext text
    25 evidence          longtext text
    26 date              date review
    27 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -

    kind 12 group handling INTERNAL
    20 name              ! text review
    21 mandate           longtext text
    22 members           {contact* ref|text, role, from edtf, to edtf} review
    23 organisations     {organisation* ref|text, role} review
    24 from              edtf fuller
    25 to                edtf fuller
    26 research_fields   {code* ford, level: working|expert|leading, source} newest
    27 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -

    kind 13 mission handling INTERNAL
    20 name              ! text review
    21 code              text review
    22 city              text review
    23 country           country review
    24 accreditations    set country -
    25 phone_region      country review                         # for numbers without country code
    26 language          lang review
    27 time_zone         text review
    28 key               text review

    kind 14 message handling INTERNAL
    20 title             ! text review
    21 text              longtext text
    22 language          lang review
    23 countries         set country -
    24 research_fields   {code* ford, level: working|expert|leading, source} newest
    25 themes            set minerals|renewables|water|agriculture|space|ai|chips|telecom|cyber|health|climate|energy|biotech|materials -
    26 priorities        set ref -
    27 valid_from        date review
    28 valid_until       date review

    kind 15 not_same handling INTERNAL
    20 first             ref review                             # spec 09 §3: the lesser uid
    21 second            ref review
    22 by                text first
    23 at                instant min
    24 reason            text newest

    kind 16 merge handling INTERNAL
    20 survivor          ref review                             # spec 09 §2
    21 merged            ref review
    22 snapshot          longtext newest                        # what went over, and what stood there
    23 by                text first
    24 at                instant min
    25 undone_at         instant newest

    """
