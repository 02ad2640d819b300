"""Sport, culture and food."""

SPORT = """
headline: {striker} {scores} as {team} {beat} {rival} | {keeper} {saves} as {team} {hold} {rival} | {common}
    | {runner} {races} to {medal} despite {runner_trouble} | {team} {sign} {striker} after {transfer}
    | {swimmer} {swims} to {medal} in {pool} | {coach} {praises} {keeper} after {match}
    | {rider} {climbs} {pass} to win {tour} | {team} fans {celebrate} after {match}
    | {runner} out of {games} with {injury} | {chess} {chess_move} at {town} chess open
    | {team} {beat} {rival} despite {match_trouble} | {coach} {leaves} {team} after {spell}
    | {rower} {row} past {town} in {regatta}
striker: striker | captain | teenage striker | winger | substitute
scores: scores twice | scores late winner | heads equaliser | nets hat trick | misses penalty
keeper: goalkeeper | young goalkeeper | reserve goalkeeper | defender | sweeper
saves: saves penalty | blocks last shot | keeps clean sheet | clears off line | punches away corner
team: {town} | {town} rovers | {town} | {town} wanderers | leaders
rival: visitors | runners up | holders | rivals | amateurs
beat: beat | thrash | knock out | stun | edge past
hold: hold | frustrate | deny | shut out | draw with
sign: sign | loan | keep | welcome back | bid for
transfer: record transfer | long talks | medical | secret trial | cup exit
coach: coach | manager | assistant coach | national coach | caretaker manager
praises: praises | defends | rests | drops | hugs
leaves: leaves | rejoins | quits | takes over
spell: {number} defeats | {number} seasons | cup final | promotion | goalless {month}
match: derby | cup tie | goalless draw | extra time win | stormy semi final
match_trouble: early red card | frozen pitch | injuries | floodlight failure | own goal
celebrate: celebrate | sing | march home | queue for tickets | weep
runner: marathon runner | sprinter | hurdler | relay team | pole vaulter
races: races | runs | storms | limps | jumps
medal: gold | silver | bronze | national title | world record
runner_trouble: sore knee | lost shoe | false start | headwind | heavy cold
swimmer: swimmer | backstroke champion | diver | junior swimmer | open water swimmer
swims: swims | glides | dives | splashes | powers
pool: outdoor pool | icy lake | {town} baths | final heat | {number} mile race
games: world championships | summer games | national trials | indoor season | relay final
injury: ankle injury | torn muscle | broken toe | flu | back pain
rider: cyclist | mountain biker | young cyclist | sprint specialist | stage winner
climbs: climbs | conquers | attacks on | crosses
pass: snowy pass | final hill | cobbles | steepest climb | {number} passes
tour: tour stage | yellow jersey | {town} classic | time trial | mountain jersey
chess: grandmaster | schoolgirl | retired teacher | chess computer | defending champion
chess_move: offers draw | sacrifices queen | wins in {number} moves | loses on time | castles too late
rower: rowers | canoeists | students | veterans | sailors
row: row | glide | race | paddle
regatta: charity regatta | dragon boat race | {number} mile regatta | fog | university race
advice: train for first marathon | enjoy losing | choose running shoes | learn to swim as adult | stretch before match
    | coach children | improve backhand | referee calmly
warning: players need more rest | ticket prices exclude young fans | swimming pools are closing
    | referees lack support | cup format is unfair
plan: host women's cup | share games between cities | fight match fixing | reform transfer rules
    | build cycling tracks
finding: in cup draw | from sprint training study | after penalty shoot out research | as outsiders win
    | on opening {day} of season
"""

CULTURE = """
headline: {orchestra} {plays} {symphony} in {hall} | {painter} {paints} {mural} for {hall} | {common}
    | {novel} {wins_prize} for {novelist} | {museum} {shows} {treasure} after {museum_work}
    | {actor} {stars} in {play} at {hall} | {film} {opens} {film_festival} despite {film_trouble}
    | {choir} {sings} as {choir_event} | {museum} {returns} {treasure} after {claim}
    | {novelist} {reads} from {novel} to {audience} | homeless in {town} {stage_show}
    | {orchestra} {rehearses} despite {hall_trouble} | {town} festival {festival_news}
orchestra: orchestra | youth orchestra | string quartet | brass band | jazz trio
plays: plays | premieres | records | performs | improvises
rehearses: rehearses | tunes up | carries on | fills hall | plays encore
symphony: forgotten symphony | lullabies | unfinished sonata | film music | new opera
hall: concert hall | {town} theatre | old cinema | {town} library | opera house
hall_trouble: leaking roof | power cut | lost luggage | broken strings | conductor's cold
painter: painter | street artist | sculptor | photographer | local artist
paints: paints | creates | designs | donates | finishes
mural: mural | bronze statue | stained glass | giant mosaic | portrait series
novel: first novel | crime novel | poetry collection | comic book | family saga
wins_prize: wins top prize | tops list | earns praise | becomes bestseller | is translated into {number} languages
novelist: novelist | young novelist | librarian | poet | retired nurse
reads: reads | signs copies | recites | whispers
audience: full house | schoolchildren | {number} listeners | night owls | book club
museum: museum | {town} museum | national gallery | city archive | toy museum
shows: shows | unveils | rediscovers | cleans | auctions
returns: returns | hands over | lends | gives back
treasure: lost painting | viking coins | medieval map | bronze mask | love letters
museum_work: long restoration | attic find | anonymous gift | new wing opens | careful cleaning
claim: family claim | decades of dispute | court ruling | letter from heirs | international talks
actor: actor | veteran actor | singer | comedian | ballet dancer
stars: stars | debuts | sparkles | shines | stumbles
play: musical | comedy | one woman show | tragedy | ballet
film: documentary | silent film | animated film | short film | science fiction epic
opens: opens | closes | enchants | divides | wins
film_festival: film festival | {town} film week | outdoor cinema season | student film night
film_trouble: mixed reviews | tiny budget | projector failure | censorship row | missing reel
choir: choir | gospel choir | children's choir | shanty choir | male voice choir
sings: sings carols | sings in rain | fills square | tours villages | goes silent
choir_event: organ breaks | town turns {number}00 | market opens | new hall opens | snow falls
stage_show: stage play about hope | publish poems | open art show | record album
festival_news: sells out | moves to {month} | adds {number} concerts | returns to roots | celebrates silence
advice: enjoy opera | start writing novel | hang pictures | visit museum with toddlers | learn guitar
    | read more poems | frame old photographs | write love letter
warning: libraries are closing | theatre tickets cost too much | musicians earn too little
    | film archives are crumbling | loud concerts harm hearing
plan: protect old cinemas | return looted art | give teenagers theatre vouchers | fund translators | digitise archives
finding: in portrait x-ray | from audience poll | as painting is cleaned | in search for lost opera
    | after museums go free
"""

FOOD = """
headline: {baker} {bakes} {bread} for {meal} | {chef} {serves} {dish} as {kitchen_news} | {common}
    | {cafe} {opens_in} {town} despite {cafe_doubt} | {dish} {dish_news} as {taste} | homeless in {town} {fed}
    | {baker} {wins} for {bread} after {baking_years} | {chef} {swaps} {meat} for {vegetable}
    | {pulse} {soup_news}, chefs say | {drink} makers {toast} {vintage} after {cellar} | {town} market {market_news}
    | {meal} {brings} {town} together after {meal_reason}
baker: baker | {town} baker | apprentice baker | retired baker | pastry cook
bakes: bakes | delivers | sells | shapes | donates
bread: sourdough | rye bread | {number} cakes | gingerbread | longest loaf
wins: wins gold | earns star | takes prize | is honoured
baking_years: {number} years of practice | night shifts | failed attempts | grandmother's recipe | secret tasting
meal: street party | school breakfast | wedding | harvest supper | charity lunch
brings: brings | draws | keeps | holds
meal_reason: long {season} | flood clean up | quarrel over recipe | merger with neighbours | lonely years
chef: chef | star chef | young chef | hospital cook | canteen chef
serves: serves | invents | burns | revives | perfects
swaps: swaps | trades | drops
meat: beef | sausages | ham | bacon | goose
vegetable: beetroot | mushrooms | cabbage | leeks | chickpeas
pulse: beetroot | lentil soup | cabbage | porridge | seaweed
dish: fish soup | dumplings | noodles | pancakes | lentil stew
dish_news: returns to menus | wins fans | divides diners | goes vegan | tops poll
taste: diners crave comfort | tastes change | winter comes | prices climb | grandmothers share recipes
kitchen_news: guests wait | new kitchen opens | star is awarded | power fails | critics visit
cafe: café | repair café | tea room | food truck | bakery
opens_in: opens in | returns to | closes in | thrives in | celebrates {number} years in
cafe_doubt: high rents | rainy season | empty high street | strict licence | neighbours' protest
fed: share {season} feast | get hot meals | served by star chef | run soup kitchen | receive {dozens} free lunches
soup_news: tastes better slow cooked | keeps for {number} weeks | is underrated | belongs in dessert
    | deserves second chance
drink: cider | wine | tea | coffee | lemonade
toast: toast | celebrate | bottle | uncork | label
vintage: record vintage | sweet harvest | new flavour | first export | rare blend
cellar: cool {month} | cellar flood | {number} dry years | licence win | late harvest
market_news: goes plastic free | moves indoors | bans single use cups | adds night stalls | sells out of honey
advice: use leftover bread | cook for crowd | brew perfect tea | peel garlic | bake without eggs
    | cut onions without tears | pack school lunch | season soup | grow herbs on windowsill
warning: school meals contain too much sugar | small bakeries are closing | food labels confuse shoppers
    | fish stocks are shrinking | kitchens waste too much
plan: cut food waste | simplify food labels | ban misleading labels | protect regional cheese | tax sugary drinks
finding: from blind tasting | as chefs taste tap water | in chocolate study | after week without sugar
    | from cheese cellar
"""
