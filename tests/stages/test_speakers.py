"""Who says a sentence, and which names are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from briefing.languages import lexicons
from briefing.stages.speakers import Speaker, follow, same_name, same_speaker, speaker, tokens

EN = lexicons()["en"]

NAMED = [
    ("Lena Orr's family said the wall had fallen on Monday.", "Lena Orr's family"),
    ("Orlo's fire brigade said the wall had fallen on Monday.", "Orlo's fire brigade"),
    ("According to the Vessaran Interior Ministry, 12 people died in the flood.", "Vessaran Interior Ministry"),
    ("Twelve people died, according to the mayor of Orlo, Lena Orr.", "mayor of Orlo, Lena Orr"),
    ("Twelve people died, according to police.", "police"),
    ("The road is shut, according to a statement from the Kessel Rail Company.", "Kessel Rail Company"),
    (
        "Prices rose 4 per cent in May, according to figures published by the Vessaran Statistics Office.",
        "Vessaran Statistics Office",
    ),
    ("According to witnesses who spoke to the Orlo Herald, the wall fell at noon.", "witnesses"),
    ("“The wall is safe,” said Jory Pell, the minister for water.", "Jory Pell"),
    ("“The wall is safe,” said the minister for water, Jory Pell.", "minister for water, Jory Pell"),
    ("“The wall is safe,” said water minister Jory Pell on Tuesday.", "water minister Jory Pell"),
    ("“The wall is safe,” Pell said.", "Pell"),
    ('"The wall is safe," Lena Orr told reporters in Orlo.', "Lena Orr"),
    ('"The wall is safe," Lena Orr, the mayor of Orlo, told reporters.', "Lena Orr, the mayor of Orlo"),
    ("Lena Orr, the mayor of Orlo, said the wall was safe.", "Lena Orr, the mayor of Orlo"),
    ("Jory Pell, who leads the union, said on Monday that the strike would go on.", "Jory Pell"),
    ("Jory Pell, 54, said the strike would go on.", "Jory Pell"),
    ("The minister for water, Jory Pell, said the wall was safe.", "minister for water, Jory Pell"),
    ("Mayor Lena Orr said Tuesday that pumps had failed.", "Mayor Lena Orr"),
    ("Mayor Lena Orr also said that pumps had failed.", "Mayor Lena Orr"),
    ("Mayor Lena Orr later repeatedly said that pumps had failed.", "Mayor Lena Orr"),
    ("Mayor Lena Orr has said that pumps had failed.", "Mayor Lena Orr"),
    ("In Orlo, the Vessaran Ministry of Defence said that the talks had ended.", "Vessaran Ministry of Defence"),
    ("On Tuesday, the Vessaran Ministry of Defence said that the talks had ended.", "Vessaran Ministry of Defence"),
    ("On Tuesday the Vessaran Ministry of Defence said that the talks had ended.", "Vessaran Ministry of Defence"),
    (
        "After the talks in Orlo on Monday, Foreign Minister Tam Oda said nothing had been agreed.",
        "Foreign Minister Tam Oda",
    ),
    ("Speaking in Orlo, Foreign Minister Tam Oda said nothing had been agreed.", "Foreign Minister Tam Oda"),
    ("When the wall fell, police said, nobody was inside.", "police"),
    ("The wall, police said, fell at noon.", "police"),
    ("The pumps, Mayor Lena Orr said on Tuesday, had failed.", "Mayor Lena Orr"),
    ("Vessara's defence ministry said its soldiers had left Orlo.", "Vessara's defence ministry"),
    ("Vessara’s Defence Ministry denied that its soldiers had entered Orlo.", "Vessara’s Defence Ministry"),
    ("State news agency VNS reported that 12 people had died.", "State news agency VNS"),
    ("The Kessel Rail Company issued a statement saying the bridge would open in May.", "Kessel Rail Company"),
    ("In a statement, the Kessel Rail Company said the bridge would open in May.", "Kessel Rail Company"),
    (
        "A spokesman for the Kessel Rail Company said the bridge would open in May.",
        "spokesman for the Kessel Rail Company",
    ),
    ("A government spokeswoman, who declined to be named, said the bridge would open.", "government spokeswoman"),
    ("Two officials familiar with the talks said that no deal was near.", "Two officials familiar with the talks"),
    ("Officials in Orlo and Kessel said that no deal was near.", "Officials in Orlo and Kessel"),
    ("Tam Oda and Lena Orr said that no deal was near.", "Tam Oda and Lena Orr"),
    ("Witnesses said shots had been fired.", "Witnesses"),
    ("Local media reported that shots had been fired.", "Local media"),
    ("Experts say the wall will not last.", "Experts"),
    ("Health officials warned that the water was not safe to drink.", "Health officials"),
    ("Tam Oda rejected the ministry's account, stressing that no soldier had crossed the border.", "Tam Oda"),
    ("Tam Oda visited the wall on Tuesday, saying that it was safe.", "Tam Oda"),
    (
        "The Vessaran Foreign Ministry summoned the envoy of Kessel, stressing that the border was closed.",
        "Vessaran Foreign Ministry",
    ),
    ("But the opposition leader, Jory Pell, dismissed the figures as invented.", "opposition leader, Jory Pell"),
    ("However, the United Front rejected the figures.", "United Front"),
    ("The deal, which the United Front said was illegal, was signed.", "United Front"),
    ("Prime Minister Tam Oda, whose party lost seats, said he would stay.", "Prime Minister Tam Oda"),
    ("A report by the Orlo Institute says the wall is unsafe.", "Orlo Institute"),
    ('"Who said this?" asked Lena Orr.', "Lena Orr"),
    ("“I told them: the river said no,” wrote the poet Ilan Vey in the Orlo Herald.", "Ilan Vey"),
    ("Gen. Aro Smith told the U.S. Senate on May 3 that the base was closed.", "Gen. Aro Smith"),
    ("Tam Oda told VNS that the base was closed.", "Tam Oda"),
    ("VNS said the base was closed.", "VNS"),
    ("Some 200 residents reported damage to their homes.", "Some 200 residents"),
    ("Prosecutors accused the company of hiding the report.", "Prosecutors"),
    ("Human Rights Now estimated that 300 people had fled.", "Human Rights Now"),
    ("Kessel has denied the claim.", "Kessel"),
    ("The council voted and Mayor Lena Orr said the tax would stay.", "Mayor Lena Orr"),
    ("Jory Pell, speaking in Orlo, said the strike would go on.", "Jory Pell"),
    ("Jory Pell, in a letter to members, said the strike would go on.", "Jory Pell"),
    ("The man, who said he was hungry, was arrested, police said.", "police"),
    ("Twelve people died and 30 were hurt, police said.", "police"),
    ("“I saw it,” said Ana, a baker.", "Ana"),
    ("“I saw it,” said one resident.", "one resident"),
    ("“I saw it,” a resident of Orlo said.", "resident of Orlo"),
    ("‘The wall is safe,’ said Jory Pell.", "Jory Pell"),
    ("‘The wall isn’t safe,’ Jory Pell said.", "Jory Pell"),
    ("It is over,” said Jory Pell.", "Jory Pell"),
    ("The U.S. State Department said the base was closed.", "U.S. State Department"),
    ("The U.N. refugee agency said 300 people had fled.", "U.N. refugee agency"),
    ("Vessara said on Monday it would close the border.", "Vessara"),
    ("Neighbours said they heard shots.", "Neighbours"),
    ("One of the survivors, Ana Lusk, said the boat was full.", "One of the survivors, Ana Lusk"),
    ("Ana Lusk, one of the survivors, said the boat was full.", "Ana Lusk, one of the survivors"),
    (
        "The head of the Kessel rescue service, Col. Ilan Vey, said the boat was full.",
        "head of the Kessel rescue service, Col. Ilan Vey",
    ),
    ("State television said, without giving details, that the boat was full.", "State television"),
    ("The New Orlo Times reported Thursday that the boat was full.", "New Orlo Times"),
    ("The boat was full, the New Orlo Times reported.", "New Orlo Times"),
    ("The boat was full, reported the New Orlo Times.", "New Orlo Times"),
    ("The boat was full, a source close to the owner told the New Orlo Times.", "source close to the owner"),
    ("The boat was full, sources in the ministry told VNS.", "sources in the ministry"),
    ("Sources with knowledge of the matter told VNS that the boat was full.", "Sources with knowledge of the matter"),
    (
        "A senior official at the Ministry of Water, who asked not to be named, told VNS the pumps were old.",
        "senior official at the Ministry of Water",
    ),
    ("Vessara accused Kessel of breaking the truce.", "Vessara"),
    ("Kessel, accused of breaking the truce, denied it.", "Kessel"),
    ("Oda's lawyer said his client was ill.", "Oda's lawyer"),
    ("The lawyer for Tam Oda said his client was ill.", "lawyer for Tam Oda"),
    ("“We will go on,” Pell added.", "Pell"),
    ("Pell added that the strike would go on.", "Pell"),
    ("Rebels said they had taken Kessel, but the army denied it.", "Rebels"),
    ("The ministry's spokesman, Ilan Vey, said it was over.", "ministry's spokesman, Ilan Vey"),
    ("“It is over,” ministry spokesman Ilan Vey told VNS by phone.", "ministry spokesman Ilan Vey"),
    ("“It is over,” the deputy minister, Ilan Vey, told VNS.", "deputy minister, Ilan Vey"),
    ("On the bridge, in the rain, Pell said it was over.", "Pell"),
    ("Last week Pell said it was over.", "Pell"),
    ("Earlier on Monday, Pell said it was over.", "Pell"),
    ("For months, officials said the wall was safe.", "officials"),
    ("A day later, officials said the wall was safe.", "officials"),
    ("Water levels fell overnight, but officials warned of new rain.", "officials"),
    ("Thirty people died when a boat sank off Orlo, officials and survivors said Friday.", "officials and survivors"),
    (
        "Thirty people died when a boat sank off Orlo, Vessara's coastguard and the Red Anchor charity said.",
        "Vessara's coastguard and the Red Anchor charity",
    ),
    ("More than 300 people have fled, the U.N. says.", "U.N."),
    ("Kessel Rail's annual report said profits rose.", "Kessel Rail"),
    ("In its report, Kessel Rail said profits rose.", "Kessel Rail"),
    ("The minister said that, according to police, 12 people died.", "police"),
    ("“It is over,” said Judge Ilan Vey near the end of the hearing.", "Judge Ilan Vey"),
    ("A defiant Lena Orr said she would stay.", "Lena Orr"),
    ("Baker Ana Lusk said the street was full of water.", "Baker Ana Lusk"),
    ("The baker Ana Lusk said the street was full of water.", "Ana Lusk"),
    ("Asked whether he agreed, Pell said nothing.", "Pell"),
    ("According to Pell's analysis, prices will fall.", "Pell's analysis"),
    ("A Kessel Fund survey found that prices would fall.", "Kessel Fund survey"),
    ("A senior Vessaran official said prices would fall.", "senior Vessaran official"),
    ("Two of the officials said they had heard nothing.", "Two of the officials"),
]
POINTING = [
    ("The road is shut, according to a statement by the ministry on Tuesday.", "ministry"),
    ("According to him, the wall fell at noon.", "him"),
    ("“The wall is safe,” he said.", "he"),
    ("“The wall is safe,” said he.", "he"),
    ("“The wall is safe,” the ministry said in a statement.", "ministry"),
    ("“The wall is safe,” the statement read.", "statement"),
    ("“The wall is safe,” reads the statement.", "statement"),
    ("She said that the pumps had failed.", "She"),
    ("They said that the pumps had failed.", "They"),
    ("The statement said that the pumps had failed.", "statement"),
    ("The ministry's statement said that the pumps had failed.", "ministry"),
    ("In a statement issued on Monday, the company rejected the claim.", "company"),
    ('"We do not know who said this," the mayor said.', "mayor"),
    ("The company put the damage at 4 million crowns.", "company"),
    ("Soldiers left Orlo and the ministry said the road was open.", "ministry"),
    ("The ministry, which runs the pumps, said nothing had failed.", "ministry"),
    ("Twelve people, mostly children, died, said the hospital in Orlo.", "hospital"),
    ("As the minister said, the wall was safe.", "minister"),
    ("It said the wall was safe.", "It"),
    ("A letter from the ministry to the council warned of cracks.", "ministry"),
    ("The ministry said it had told the mayor.", "ministry"),
    ("The company's report said profits rose.", "company"),
    ("The report, released on Monday, said profits rose.", "report"),
    ("There were, according to the army's own figures, 40 raids.", "army"),
]
QUOTED = [
    (
        "The Orlo Herald newspaper quoted an unnamed official as saying that the wall had never been checked.",
        "unnamed official",
        "Orlo Herald newspaper",
    ),
    (
        "The Orlo Herald cited two officials as saying that the wall had never been checked.",
        "two officials",
        "Orlo Herald",
    ),
    ("The wall had never been checked, the Orlo Herald quoted an official as saying.", "official", "Orlo Herald"),
    (
        "The wall had never been checked, an official was quoted as saying by the Orlo Herald.",
        "official",
        "Orlo Herald",
    ),
    ("The mayor was quoted by the Orlo Herald as saying that the wall was safe.", "mayor", "Orlo Herald"),
    ("State news agency VNS reported, citing police, that 12 people had died.", "police", "State news agency VNS"),
    ("The Orlo Herald, citing two officials, reported that the pumps were old.", "two officials", "Orlo Herald"),
    ("The pumps were old, VNS reported, citing the Ministry of Water.", "Ministry of Water", "VNS"),
]
SILENT = [
    "The players were ranked according to age.",
    "Police were told that the wall was safe.",
    "Residents were told to leave their homes.",
    "The mayor was told by engineers that the wall was safe.",
    "The mayor was said to be angry.",
    "The wall is said to be unsafe.",
    "The wall fell at noon and killed 12 people.",
    "Soldiers left Orlo on Tuesday after a week of fighting.",
    "The film, called “She said no”, opened in Orlo.",
    "The sign on the wall said “Keep out”.",
    "“He said it was over” was painted on the wall.",
    "It is hard to say who said what.",
    "He called for new elections.",
    "Some say the wall is cursed.",
    "The talks ended without a deal, raising fears of a strike.",
    "The town put up a new wall in May.",
    "Engineers put sandbags along the river.",
    "The band called its album Sarn.",
    "Shares in the company added 3 per cent.",
    "Pell scored twice and added a third in the last minute.",
    "The council counted the votes on Sunday.",
    "The report was dismissed by the council as invented.",
    "The council was accused of hiding the report.",
    "Kessel did not confirm the claim.",
    "Police searched for the reported gunman in Orlo.",
    "Police found the man reported missing on Monday.",
    "The declared winner left the hall.",
    "Orlo has 12 confirmed cases.",
    "Police reports of shots were wrong.",
    "A woman who said she had seen the fire left.",
    "“I saw it,” the 34-year-old baker said.",
    "“It is over.",
    "The book “What police said” sold well.",
    "“Police said so,” the baker shouted.",
    "Neither side said why.",
    "No one said why.",
    "Nobody said why.",
    "All said the wall was safe.",
    "Many said the wall was safe.",
    "Both said the wall was safe.",
    "What the minister said was wrong.",
    "The number of people said to be missing is unknown.",
    "That said, the wall was old.",
    "Having said this, he left.",
    "Oda resigned, citing health reasons.",
    "Oda left the hall, quoting a poem.",
    "Kessel was accused by Vessara of breaking the truce.",
    "Heavy rain hit Orlo, adding to fears.",
    "Storms closed the port, adding that much to costs.",
    "The goal was added by Pell.",
    "“It is over” — that is what Pell said.",
    "Pell: “It is over.”",
    "If Pell said so, it was wrong.",
    "Temperatures rose according to plan.",
    "Tensions grew with Kessel over Vessara's alleged attack on the port.",
    "Items from the Orlo Joke mistaken for news included claims that the mayor had fled.",
    "The union called on Kessel to pay, citing Pell's past comments.",
    "Critics of the deal, including lawmakers, the unions and the bishop of Orlo, say it costs too much.",
    "Most of the residents said they had heard nothing.",
]


@pytest.mark.parametrize(("sentence", "name"), NAMED, ids=lambda text: text[:40])
def test_the_named_speaker_is_found(sentence: str, name: str) -> None:
    assert speaker(sentence, EN) == Speaker(name)


@pytest.mark.parametrize(("sentence", "name"), POINTING, ids=lambda text: text[:40])
def test_words_that_only_point_back_are_marked_so(sentence: str, name: str) -> None:
    assert speaker(sentence, EN) == Speaker(name, anaphoric=True)


@pytest.mark.parametrize(("sentence", "name", "via"), QUOTED, ids=lambda text: text[:40])
def test_who_is_quoted_speaks_and_who_quotes_is_kept(sentence: str, name: str, via: str) -> None:
    found = speaker(sentence, EN)
    assert found is not None
    assert (found.name, found.via, found.holder) == (name, via, f"{name}, quoted by {via}")


@pytest.mark.parametrize("sentence", SILENT, ids=lambda text: text[:40])
def test_where_nobody_is_named_nobody_speaks(sentence: str) -> None:
    assert speaker(sentence, EN) is None


@given(
    st.text(st.sampled_from([*"aB .,“”\"'’-—:1"]), max_size=60), st.sampled_from(["said ", "according to ", " quoted "])
)
def test_a_speaker_stands_in_the_sentence(text: str, cue: str) -> None:
    """Whatever the sentence, its speaker is a run of its own characters, and no word is lost or invented."""
    sentence = text[:30] + cue + text[30:]
    found = speaker(sentence, EN)
    assert found is None or (found.name and found.name in sentence)
    toks = tokens(sentence)
    assert all(sentence[t.start : t.end] == t.word for t in toks)
    assert "".join(c for t in toks for c in t.word if c.isalnum()) == "".join(c for c in sentence if c.isalnum())


@pytest.mark.parametrize(
    ("sentence", "inside"),
    [
        ("“Go on,” he said.", ["Go", "on"]),
        ('"Go on," he said. "Now."', ["Go", "on", "Now"]),
        ("‘Go on,’ he said.", ["Go", "on"]),
        ("The dogs’ owner said ‘go on.’", ["go", "on"]),
        ("Go on,” he said.", ["Go", "on"]),
        ('Go on," he said.', ["Go", "on"]),
        ("He said: “go on.", ["go", "on"]),
        ("« Go » he said.", ["Go"]),
        ("The dog's owner's hat", []),
    ],
)
def test_words_inside_quotation_marks_are_known(sentence: str, inside: list[str]) -> None:
    assert [t.word for t in tokens(sentence) if t.quoted] == inside


ORR, PELL = Speaker("Mayor Lena Orr"), Speaker("Jory Pell")
DEFENCE, INTERIOR = Speaker("Vessaran Ministry of Defence"), Speaker("Interior Ministry")


@pytest.mark.parametrize(
    ("sentence", "earlier", "last", "expected"),
    [
        ("She said the wall was safe.", [PELL, ORR], ORR, ORR),
        ("He said the wall was safe.", [ORR, DEFENCE], DEFENCE, None),
        ("It said the wall was safe.", [ORR, DEFENCE], DEFENCE, DEFENCE),
        ("It said the wall was safe.", [DEFENCE, ORR], ORR, None),
        (
            "They said the wall was safe.",
            [Speaker("two officials")],
            Speaker("two officials"),
            Speaker("two officials"),
        ),
        ("She said the wall was safe.", [ORR], None, None),
        ("He said the wall was safe.", [], None, None),
        ("The defence ministry said the wall was safe.", [DEFENCE, INTERIOR], INTERIOR, DEFENCE),
        ("The ministry said the wall was safe.", [DEFENCE, ORR], ORR, DEFENCE),
        ("The council said the wall was safe.", [DEFENCE], DEFENCE, Speaker("council")),
        ("Orr said the wall was safe.", [ORR, PELL], PELL, ORR),
        ("Ms Orr said the wall was safe.", [PELL], PELL, Speaker("Ms Orr")),
        ("“The wall is safe,” the statement read.", [ORR, DEFENCE], None, DEFENCE),
        ("“The wall is safe,” the statement read.", [], None, None),
        ("“The wall is safe.”", [ORR], ORR, ORR),
        ("“The wall is safe. It will hold.", [ORR], ORR, ORR),
        ("“Safe walls” was the headline.", [ORR], ORR, None),
        ("The wall is safe.", [ORR], ORR, None),
        ("Orr said so.", [Speaker("Mayor Lena Orr", via="Orlo Herald")], None, ORR),
        ("The mayor said so.", [Speaker("mayor", via="Orlo Herald")], None, Speaker("mayor", via="Orlo Herald")),
    ],
)
def test_pointing_speakers_are_resolved_in_reading_order(
    sentence: str, earlier: list[Speaker], last: Speaker | None, expected: Speaker | None
) -> None:
    assert follow(speaker(sentence, EN), sentence, earlier, EN, last) == expected


SAME = [
    ("Ministry of Defence of Vessara", "Vessaran Defence Ministry"),
    ("Turkish Ministry of Defense", "Türkiye’s defence ministry"),
    ("the Kessel Rail Company", "Kessel Rail Company"),
    ("Orr", "Mayor Lena Orr"),
    ("Lena Orr", "Mayor Lena Orr"),
    ("Vessara's army", "Vessaran army"),
    ("British police", "U.K. police"),
    ("police", "police"),
]
DIFFERENT = [
    ("Ministry of Defence of Vessara", "Ministry of Defence of Orlova"),
    ("Defence Ministry", "Interior Ministry"),
    ("Niger's army", "Nigeria's army"),
    ("Niger's army", "Nigerian army"),
    ("Austrian police", "Australian police"),
    ("Iranian police", "Iraqi police"),
    ("Jory Pell", "Tam Pell"),
    ("minister", "water minister Tam Oda"),
    ("Kessel", "mayor of Kessel"),
    ("army", "Armenian army chief"),
    ("minister for water", "ministry for water"),
]


@pytest.mark.parametrize(("a", "b"), SAME)
def test_one_speaker_under_two_names_is_one(a: str, b: str) -> None:
    assert same_speaker(a, b, EN)
    assert same_speaker(b, a, EN)


@pytest.mark.parametrize(("a", "b"), DIFFERENT)
def test_speakers_that_only_look_alike_are_two(a: str, b: str) -> None:
    assert not same_speaker(a, b, EN)
    assert not same_speaker(b, a, EN)


@given(st.text(st.sampled_from("abeinrs"), max_size=8), st.text(st.sampled_from("abeinrs"), max_size=8))
def test_likeness_of_names_goes_both_ways(a: str, b: str) -> None:
    assert same_name(a, b, EN) == same_name(b, a, EN)
    assert same_name(a, a, EN)


def test_according_to_names_who_quotes_where_the_sentence_names_who_spoke() -> None:
    found = speaker("The reactor is safe, Colonel Ames Rhee said, according to the Courier.", EN)
    assert found == Speaker("Colonel Ames Rhee", via="Courier")
