"""All sections of the newspaper, by name."""

from gan_pipelines.sources.composed.learning import EDUCATION, HEALTH, SCIENCE, TECHNOLOGY
from gan_pipelines.sources.composed.leisure import CULTURE, FOOD, SPORT
from gan_pipelines.sources.composed.outdoors import FARMING, TRANSPORT, WEATHER, WILDLIFE
from gan_pipelines.sources.composed.public_life import BUSINESS, COUNCIL, COURTS, HOUSING, WORLD

SECTIONS = {
    "weather": WEATHER,
    "sport": SPORT,
    "council": COUNCIL,
    "health": HEALTH,
    "business": BUSINESS,
    "science": SCIENCE,
    "world": WORLD,
    "culture": CULTURE,
    "transport": TRANSPORT,
    "courts": COURTS,
    "education": EDUCATION,
    "technology": TECHNOLOGY,
    "farming": FARMING,
    "housing": HOUSING,
    "wildlife": WILDLIFE,
    "food": FOOD,
}
