"""The project's own terms as a closed namespace: a name that the ontology does not define is an error."""

# ruff: noqa: N815  # terms keep the spelling of their IRIs

from rdflib import URIRef
from rdflib.namespace import DefinedNamespace, Namespace

from clustergraph.namespaces import PREFIXES


class CLG(DefinedNamespace):
    """Every class and property of ``ontology/clustergraph.ttl``, in the order of that file."""

    _NS = Namespace(PREFIXES["clg"])
    _fail = True

    # The text and its passages
    SourceText: URIRef
    Passage: URIRef
    anchoredIn: URIRef
    continuedIn: URIRef
    firstLine: URIRef
    lastLine: URIRef
    characterCount: URIRef
    lineCount: URIRef
    declaredFields: URIRef
    declaredHypotheses: URIRef
    declaredRatings: URIRef
    declaredSkills: URIRef
    declaredThemes: URIRef
    markerPassage: URIRef
    captionOnly: URIRef
    inSection: URIRef
    footnote: URIRef

    # The workshop
    Workshop: URIRef
    WorkshopSession: URIRef
    ThemeArea: URIRef
    GuidingQuestion: URIRef
    Actor: URIRef
    ActorGroup: URIRef
    Instrument: URIRef
    reportsOn: URIRef
    initiatedBy: URIRef
    precededBy: URIRef
    participantCountry: URIRef
    participantGroup: URIRef
    method: URIRef

    # Hypotheses and statements
    Hypothesis: URIRef
    Statement: URIRef
    ConclusionStatement: URIRef
    ContextStatement: URIRef
    DescriptionStatement: URIRef
    DiscussionStatement: URIRef
    Topic: URIRef
    theme: URIRef
    discussedIn: URIRef
    originatesFrom: URIRef
    thesisPassage: URIRef
    descriptionPassage: URIRef
    discussionPassage: URIRef
    standsUnder: URIRef

    # The coding of statements
    bearsOn: URIRef
    supports: URIRef
    opposes: URIRef
    qualifies: URIRef
    contextualises: URIRef
    contradicts: URIRef
    codingBasis: URIRef
    cue: URIRef
    speakerQuantifier: URIRef
    concernsCountry: URIRef
    mentionsActor: URIRef
    topic: URIRef
    mentions: URIRef
    modality: URIRef
    addressee: URIRef
    payer: URIRef
    stance: URIRef
    stanceValue: URIRef
    Quantity: URIRef
    quantity: URIRef
    quantityStatus: URIRef

    # Assessments and verdicts
    Assessment: URIRef
    Verdict: URIRef
    assesses: URIRef
    verdict: URIRef
    verdictPlace: URIRef
    caveatPassage: URIRef
    chapterVerdict: URIRef
    conclusionVerdict: URIRef
    chapterAssessment: URIRef
    conclusionAssessment: URIRef
    comprises: URIRef
    strongerThan: URIRef

    # Skills and their ratings
    FieldOfActivity: URIRef
    Skill: URIRef
    RatingLevel: URIRef
    SkillRating: URIRef
    inField: URIRef
    skill: URIRef
    countryColumn: URIRef
    importance: URIRef
    ordinalRank: URIRef

    # Derived figures and the quality of the coding
    formula: URIRef
    unitCount: URIRef
    confidenceLow: URIRef
    confidenceHigh: URIRef
