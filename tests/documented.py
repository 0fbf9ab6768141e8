"""Documentation that meets every standard of a new portal, but for the owner, who is a person."""

WHOLE = {
    "purpose": "Explains a decision to the applicant.",
    "intended_use": "Drafts that an officer reads.",
    "excluded_use": "Legal advice.",
    "audience": "Applicants",
    "data": "Name, decision and reasons.",
    "limits": "Knows only the reasons it is handed.",
    "hazards": "A wrong reason harms the applicant; an officer reads every letter.",
    "explanation": "It turns the reasons of a decision into a letter.",
    "contact": "desk@bank.example",
}
