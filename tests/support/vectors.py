"""Identifiers whose normalised form and digest somebody else printed, or that follow from what they printed.

`key` names the source as partners.md §9 does; `ours` where the reference recomputed the digest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exports.identifiers import advertising_ids, emails, ids, people, phones, places
from exports.identifiers.encodings import MD5, PLAIN, SHA1, SHA256, SHA256_BASE64, Encoding

if TYPE_CHECKING:
    from exports.identifiers.normalised import Rules


@dataclass(frozen=True)
class Vector:
    key: str
    rules: Rules
    text: str
    normalised: str
    encoded: str
    encoding: Encoding = SHA256
    region: str | None = None


SHOP = " Jane.Doe+Shop@GMAIL.com "
IDFA = "AECE52E7-03EE-455A-B3C4-E57283966239"
_JANE_DOE = "d6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69"
_JANE_DOE_SHOP = "12122421314e3c02d8acd5467f1266e839588a1ea2e4da1c2ab81036b7cd62e5"
_JANE_SAOIRSE = "92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f"
_USER = "b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514"
_TEST = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b"
_ALEXZ = "509e933019bb285a134a9334b8bb679dff79d0ce023d529af4bd744d47b4fd8a"
_US_PHONE = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176"

EMAILS = (
    Vector(
        "META-CAPI, SNAP-BP, X-DATA, PIN-API", emails.EMAIL, SHOP, "jane.doe+shop@gmail.com", _JANE_DOE_SHOP
    ),
    Vector("GADS-OLD", emails.EMAIL, SHOP, "jane.doe+shop@gmail.com", _JANE_DOE_SHOP),
    Vector(
        "GDM-FMT, GDM-PY",
        emails.EMAIL_GOOGLE,
        SHOP,
        "janedoe+shop@gmail.com",
        "3037d7b4a791c60878b60f6a2c1c3d5acef0746e4dc143c0f1ee8a3f2e94d546",
    ),
    Vector("GADS-JAVA", emails.EMAIL_GOOGLE_2026, SHOP, "janedoe@gmail.com", _JANE_DOE),
    Vector("UID2", emails.EMAIL_UID2, SHOP, "janedoe@gmail.com", _JANE_DOE),
    Vector(
        "UID2",
        emails.EMAIL_UID2,
        SHOP,
        "janedoe@gmail.com",
        "1hFzBkhe0OUK+rOshx6Y+BaZFR8wKBUn1j/18jNlbGk=",
        SHA256_BASE64,
    ),
    Vector(
        "TT-IDS",
        emails.EMAIL_TIKTOK,
        SHOP,
        "jane.doe@gmail.com",
        "831f6494ad6be4fcb3a724c3d5fef22d3ceffa3c62ef3a7984e45a0ea177f982",
    ),
    Vector("TT-IDS-OLD", emails.EMAIL_TIKTOK_2024, SHOP, "janedoe@gmail.com", _JANE_DOE),
    Vector(
        "META-CAPI",
        emails.EMAIL,
        "John_Smith@gmail.com",
        "john_smith@gmail.com",
        "62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f",
    ),
    Vector("GDM-PY", emails.EMAIL_GOOGLE, " ALEXZ@example.com ", "alexz@example.com", _ALEXZ),
    Vector("GDM-PY", emails.EMAIL, " ALEXZ@example.com ", "alexz@example.com", _ALEXZ),
    Vector(
        "GDM-PY",
        emails.EMAIL_GOOGLE,
        " ALEXZ@example.com ",
        "alexz@example.com",
        "UJ6TMBm7KFoTSpM0uLtnnf950M4CPVKa9L10TUe0/Yo=",
        SHA256_BASE64,
    ),
    Vector(
        "GDM-FMT",
        emails.EMAIL_GOOGLE,
        "Jefferson.Loves.hiking@gmail.com",
        "jeffersonloveshiking@gmail.com",
        "515d2f967f73864e76937ab2b897210a86fd286016903b1b08c3da07c75f513e",
    ),
    Vector(
        "B4",
        emails.EMAIL_GOOGLE_2026,
        "Jane.Doe+Shopping@googlemail.com",
        "janedoe@googlemail.com",
        "338abf9ef1c8793cadc7bcf51ed595338eb727ed9e06ce3d91d566d60b975937",
    ),
    Vector(
        "B4",
        emails.EMAIL_GOOGLE_2026,
        "user.name+NYC@Example.com",
        "user.name+nyc@example.com",
        "f109a2a632fbcea5fc82049f50beed3d8621bf9034399f437fb622222acccdac",
    ),
    Vector("UID2", emails.EMAIL_UID2, "JANE.SAOIRSE@gmail.com", "janesaoirse@gmail.com", _JANE_SAOIRSE),
    Vector(
        "UID2",
        emails.EMAIL_UID2,
        "JANE.SAOIRSE@gmail.com",
        "janesaoirse@gmail.com",
        "ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=",
        SHA256_BASE64,
    ),
    Vector(
        "UID2",
        emails.EMAIL_UID2,
        "JaneSaoirse+Work@example.com",
        "janesaoirse+work@example.com",
        "28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180",
    ),
    Vector(
        "UID2",
        emails.EMAIL_UID2,
        "MyEmail@example.com",
        "myemail@example.com",
        "16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5",
    ),
    Vector("TT-PREV", emails.EMAIL_TIKTOK, "janedoe@gmail.com", "janedoe@gmail.com", _JANE_DOE),
    Vector("ours", emails.EMAIL, "Test@Example.com", "test@example.com", _TEST),
    Vector(
        "ours", emails.EMAIL, "test@example.com", "test@example.com", "55502f40dc8b7c769880b10874abc9d0", MD5
    ),
    Vector(
        "ours",
        emails.EMAIL,
        "Test@Example.com",
        "test@example.com",
        "567159d622ffbb50b11b0efd307be358624a26ee",
        SHA1,
    ),
    Vector(
        "ours",
        emails.EMAIL,
        "m.hyde@example.com",
        "m.hyde@example.com",
        "0e9a6895b7b304eea58de1cd85acff7d73306f0a21ae3c2cd4b2134aa0b911a8",
    ),
    Vector(
        "ours",
        emails.EMAIL,
        "m.hyde@example.com",
        "m.hyde@example.com",
        "8fb62001122a0910d89aed33efe95b1c",
        MD5,
    ),
    Vector(
        "ours",
        emails.EMAIL,
        "m.hyde@example.com",
        "m.hyde@example.com",
        "876d48da285ef6f49ab83f0a701aa60235f5cb6e",
        SHA1,
    ),
    Vector(
        "ours, of MP-KIN",
        emails.EMAIL,
        "phileas@travelers.com",
        "phileas@travelers.com",
        "23b4bc889d4defe70fe5c589c5a0dded266e9cefed0be5046ad82f6326e35b62",
    ),
    Vector("SNAP-BP", emails.EMAIL, "USER@Example.com", "user@example.com", _USER),
    Vector("UID2", emails.EMAIL_UID2, "USER@example.com", "user@example.com", _USER),
    Vector(
        "UID2",
        emails.EMAIL_UID2,
        "USER@example.com",
        "user@example.com",
        "tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=",
        SHA256_BASE64,
    ),
)

PHONES = (
    Vector(
        "GADS-JAVA",
        phones.PHONE_E164,
        "(650)555-1212",
        "+16505551212",
        "1e231c66011e7a2d867a9cfae267a6aff103cf4913640b6e71a99850fc0ffbc8",
        region="US",
    ),
    Vector(
        "GADS-JAVA",
        phones.PHONE_E164,
        "+44 (0)113 496 0987",
        "+441134960987",
        "0fac52d27ec377f8ad2f9de75d1f9bace693237e31868ae6f4616b8bbd0e94fb",
    ),
    Vector("META-CAPI, SNAP-BP", phones.PHONE_DIGITS, "(650)555-1212", "16505551212", _US_PHONE, region="US"),
    Vector(
        "META-CAPI",
        phones.PHONE_DIGITS,
        "+44 (0)113 496 0987",
        "441134960987",
        "0d0bdab1b69302da54eab62fafae55faadba503c4a51b870a57a34959d645be9",
    ),
    Vector(
        "TT-IDS",
        phones.PHONE_DIGITS,
        "+16577770000",
        "16577770000",
        "8d7bdaaf75196f351d22942fc0dd79304ffabc3eaf3339460ef9da0773e3aec2",
    ),
    Vector(
        "TT-HOW",
        phones.PHONE_E164,
        "+16577770000",
        "+16577770000",
        "a6e82c2f4091baff57a4f33d01efb65bfbeacbbfbcfaa9d0ff9f57d28d78fedb",
    ),
    Vector(
        "TT-IDS",
        phones.PHONE_DIGITS,
        "+37493828222",
        "37493828222",
        "65b7e6dcf6f4310f8d7cbfbd78289a753062fb054d6664fb9aaac5df66a422d4",
    ),
    Vector(
        "TT-HOW",
        phones.PHONE_E164,
        "+37493828222",
        "+37493828222",
        "241371e614f8650dfae0f111361c69de1bb4829a72b71bb8044daae8b2e7791d",
    ),
    Vector(
        "SEG-LR",
        phones.PHONE_US,
        "+1 (555) 123-4567",
        "5551234567",
        "b8e04c986aa87857dfb4d364371d1a4195abf1bb",
        SHA1,
    ),
    Vector(
        "SEG-LR",
        phones.PHONE_US,
        "5551234567",
        "5551234567",
        "b8e04c986aa87857dfb4d364371d1a4195abf1bb",
        SHA1,
    ),
    Vector(
        "UID2",
        phones.PHONE_E164,
        "1 (234) 567-8901",
        "+12345678901",
        "10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee",
        region="US",
    ),
    Vector(
        "UID2",
        phones.PHONE_E164,
        "1 (234) 567-8901",
        "+12345678901",
        "EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=",
        SHA256_BASE64,
        "US",
    ),
    Vector(
        "GDM-PY",
        phones.PHONE_E164,
        "+1-800-555-0100",
        "+18005550100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
    ),
    Vector(
        "GDM-CSV",
        phones.PHONE_E164,
        "+1-800\u2011555\u20110100",
        "+18005550100",
        "fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30",
    ),
    Vector(
        "UID2",
        phones.PHONE_E164,
        "0491 570 006",
        "+61491570006",
        "858658053d2e122b7d9ddef2f65e42e738e7421be32b7a91df35aeb3e8fcce8f",
        region="AU",
    ),
)

DEVICES = (
    Vector(
        "SNAP-BP",
        advertising_ids.ADVERTISING_ID,
        IDFA,
        "aece52e7-03ee-455a-b3c4-e57283966239",
        "e6a11334660bb4c2d68090399aaf9d80b433a569b993c5e32e6cad9bcf550e11",
    ),
    Vector(
        "MP-PIN",
        advertising_ids.ADVERTISING_ID,
        IDFA,
        "aece52e7-03ee-455a-b3c4-e57283966239",
        "1476b38e13cc9cf38969dca54a170a110a6068c1",
        SHA1,
    ),
    Vector(
        "TT-PREV",
        advertising_ids.ADVERTISING_ID,
        "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25",
        "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25",
        "83dc3f5f32b9472613b0f038d36f22585a609d018af6f6067f50da318bf354bd",
    ),
    Vector(
        "TT-PREV",
        advertising_ids.ADVERTISING_ID_UPPER,
        "5f3a2b18-9c4d-4e7f-b8e2-17d3a1e69b25",
        "5F3A2B18-9C4D-4E7F-B8E2-17D3A1E69B25",
        "0bb5fc79a4f7eff666b5f7ec85fa11610c88d0dd7588fae1609491722336fbbf",
    ),
    Vector(
        "X-DATA",
        advertising_ids.ADVERTISING_ID,
        "4b61639e-47cc-4056-a16a-c8217e029462",
        "4b61639e-47cc-4056-a16a-c8217e029462",
        "225859d35b46df63b4fb381eb3f815b2ef4620bec0a79f2115a6a3eb71a5fa1a",
    ),
    Vector("META-USERS", advertising_ids.ADVERTISING_ID, IDFA, IDFA.lower(), IDFA.lower(), PLAIN),
    Vector("TD-LI", advertising_ids.ADVERTISING_ID_UPPER, IDFA.lower(), IDFA, IDFA, PLAIN),
)

ACCOUNTS = (
    Vector(
        "X-DATA",
        ids.HANDLE,
        "@AdsAPI",
        "adsapi",
        "49e0be2aeccfb51a8dee4c945c8a70a9ac500cf6f5cb08112575f74db9b1470d",
    ),
    Vector(
        "X-DATA",
        ids.HANDLE,
        "jack",
        "jack",
        "31611159e7e6ff7843ea4627745e89225fc866621cfcfdbd40871af4413747cc",
    ),
    Vector(
        "X-DATA",
        ids.ACCOUNT_NUMBER,
        "143567",
        "143567",
        "617b8747525a154b1ecf75a42d883df00e0dd6d0f981bea57ac7bdce73e57eae",
    ),
)

PEOPLE = (
    Vector(
        "META-CAPI",
        people.NAME,
        "Mary",
        "mary",
        "6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec",
    ),
    Vector(
        "META-CAPI",
        people.NAME,
        "정",
        "정",
        "8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14",
    ),
    Vector(
        "META-CAPI",
        people.NAME,
        "Val\u00e9ry",
        "val\u00e9ry",
        "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
    ),
    Vector(
        "META-CAPI",
        people.NAME,
        "Vale\u0301ry",
        "val\u00e9ry",
        "08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c",
    ),
    Vector(
        "GDM-PY",
        people.NAME_GOOGLE,
        " Givenname ",
        "givenname",
        "128a07bfe2df877c52076e60d7774cf5baaa046c5a6c48daf30ff43ecca2f814",
    ),
    Vector(
        "GDM-PY",
        people.NAME_GOOGLE,
        "Familyname",
        "familyname",
        "77762c287e61ce065bee5c15464012c6fbe088398b8057627d5577249430d574",
    ),
    Vector(
        "GADS-JAVA",
        people.NAME_GOOGLE,
        "Mary Ann",
        "mary ann",
        "343b97011010c3549fe7fcd6c226ed9431ea37b0b77ed78f6300a0098925faf1",
    ),
    Vector(
        "GDM-PY",
        people.NAME_GOOGLE_WITHOUT_SPACES,
        "Mary Ann",
        "maryann",
        "16b3f07f0ec2f9dd127b71dc2e6c791b7d93116a1c3bc99d057eaa7a8a077e73",
    ),
    Vector(
        "META-CAPI",
        people.BIRTH_DATE,
        "1997-02-16",
        "19970216",
        "01acdbf6ec7b4f478a225f1a246e5d6767eeab1a7ffa17f025265b5b94f40f0c",
    ),
    Vector(
        "META-HASH",
        people.GENDER,
        "Female",
        "f",
        "252f10c83610ebca1a059c0bae8255eba2f95be4d1d7bcfa89d7248a82d9f111",
    ),
    Vector(
        "META-HASH",
        people.GENDER,
        "m",
        "m",
        "62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b3abd63c5a",
    ),
)

PLACES = (
    Vector(
        "META-CAPI",
        places.CITY,
        "New York",
        "newyork",
        "350c754ba4d38897693aa077ef43072a859d23f613443133fecbbd90a3512ca5",
    ),
    Vector(
        "META-CAPI",
        places.STATE,
        "CA",
        "ca",
        "6959097001d10501ac7d54c0bdb8db61420f658f2922cc26e46d536119a31126",
        region="US",
    ),
    Vector(
        "META-CAPI",
        places.POSTAL_CODE,
        "94035-1234",
        "94035",
        "1794327a4d443904421f5ca1f3d72d0a62ba2f0770d80755ec2220fc0efb052e",
        region="US",
    ),
    Vector(
        "META-CAPI",
        places.POSTAL_CODE,
        "M1 1AE",
        "m11ae",
        "1dc694c2070e697769fb959b50671d76cafd430d8ca191fbdd0affcaea344ac5",
        region="GB",
    ),
    Vector(
        "META-CAPI",
        places.COUNTRY,
        "US",
        "us",
        "79adb2a2fce5c6ba215fe5f27f532d4e7edbac4b6a5e09e1ef3a08084a904621",
    ),
    Vector("GDM-FMT", places.COUNTRY_UPPER, " us ", "US", "US", PLAIN),
    Vector("GDM-FMT", places.POSTAL_CODE_GOOGLE, " 94045 ", "94045", "94045", PLAIN, "US"),
)

VECTORS = (*EMAILS, *PHONES, *DEVICES, *ACCOUNTS, *PEOPLE, *PLACES)
