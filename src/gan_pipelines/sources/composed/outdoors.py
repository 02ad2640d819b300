"""Weather, farming, wildlife and transport."""

WEATHER = """
headline: {storm} {batters} {area} as {storm_damage} | {heat} {scorches} {area} as {heat_effect} | {common}
    | {snow} {blankets} {area}, {snow_effect} | forecasters {predict} {storm} for {area} this {day}
    | {town} clears up after {storm} {storm_legacy} | {town} stays cool despite {heat} {heat_legacy}
    | {storm} {batters} {town}, {storm_damage} | forecasters {predict} {heat} for {area} this {day}
    | {snow} {blankets} {town} as {snow_effect} | {area} braced for {snow} after {mild}
    | {town} records {extreme} in {number} years
storm: storm | autumn gale | heavy rain | thunderstorm | sudden hailstorm
batters: batters | lashes | drenches | pounds | soaks
storm_damage: trees block roads | rivers burst banks | ferries stay in port | roofs are torn off
    | cellars fill with water
storm_legacy: fells {dozens} trees | floods high street | tears roof off market hall | cuts power for {number} hours
    | sinks {number} fishing boats
heat: heatwave | scorching weekend | dry spell | drought | tropical night
scorches: scorches | bakes | parches | grips | roasts
heat_effect: reservoirs run low | beaches fill up | lawns turn brown | fans sell out | hosepipes are banned
heat_legacy: empties reservoir | closes playgrounds | melts road surface | breaks {number} records
    | dries out village pond
snow: snow | first frost | blizzard | thick ice | sleet
blankets: blankets | covers | hushes | whitens | slows
snow_effect: buses stop running | gritters work overnight | sledges sell out | pipes freeze | passes close
predict: predict | expect | rule out | see signs of | warn of
mild: mildest {month} on record | weeks of sunshine | warm {season} | false start to spring
extreme: wettest {month} | coldest morning | strongest gust | longest dry spell | warmest evening
advice: prepare for storm | keep cool at night | dry flooded carpet | read clouds | protect pipes from frost
    | collect rainwater | sleep through thunder | clear snow safely | choose umbrella
warning: flood defences are too low | storm alerts come too late | drought may last until {month}
    | snow ploughs are too old | weather stations lack staff
plan: share storm warnings | build higher flood walls | prepare cities for heat | plant shade trees
    | store winter rain
finding: from rain radar test | after cloud study in {town} | as balloon measures storm | in {season} rainfall figures
    | from sea temperature buoys
"""

FARMING = """
headline: {farmers} {harvest} {crop} after {field_weather} | {farmers} {move} {herd} as {herd_worry} | {common}
    | {town} orchard {orchard_news} | {prize_animal} {wins} at {town} show | price of {crop} {shifts} as {crop_reason}
    | {herd} back on pasture after {herd_relief} | {farmers} {harvest} {crop} despite {field_trouble}
    | {prize_animal} {escapes} from {town} farm, {escape_end} | growers of {crop} {hope_for} before {month} harvest
    | young shepherd {shepherd_news} | tractor parade {parade_news}
farmers: farmers | growers | {town} farmers | smallholders | tenant farmers
harvest: harvest | sow | celebrate | replant | gather
crop: wheat | potatoes | barley | apples | onions | sugar beet | pumpkins | oats | cherries
field_weather: wet {season} | late frost | perfect {season} | dry {month} | mild {month}
field_trouble: muddy fields | hungry pigeons | broken combine | shortage of pickers | hungry slugs
move: move | vaccinate | shear | count | fence in
herd: cattle | sheep | goats | dairy cows | lambs
herd_worry: foot rot spreads | grass runs out | wolves return | feed bills climb | river rises
herd_relief: long quarantine | clean tests | vaccine drive | mild outbreak | winter indoors
orchard_news: bottles first cider | saves ancient pear | picks record plums | opens gates to schools
    | grafts forgotten apple
prize_animal: prize bull | champion ewe | giant pig | shy donkey | miniature pony
wins: wins first rosette | steals show | takes third prize | charms judges | wins {number} ribbons
escapes: escapes | wanders off | bolts | slips away | breaks out
escape_end: trots home for supper | is found in chapel | stops traffic | joins neighbouring herd | visits bakery
shifts: rises | falls | doubles | steadies | slumps
crop_reason: exports resume | mills close | demand grows | storage fills | blight spreads
hope_for: hope for rain | hire {dozens} pickers | test robot weeder | fear early frost | bless fields
shepherd_news: trains {number} dogs | wins shearing contest | takes over {town} flock | swaps office for hillside
parade_news: fills {town} streets | raises money for barn | lights up {town} | delays wedding guests
advice: grow tomatoes indoors | make good compost | keep hens happy | prune apple trees | store onions
    | sharpen scythe | keep slugs off lettuce | bottle plums | milk goat
warning: hedges are vanishing | soil is getting poorer | milk prices ruin small farms | pickers earn too little
    | pesticide rules are too weak
plan: pay farmers for hedges | cut fertiliser use | protect small farms | label local honey | save old grain varieties
finding: from barley field trial | after cows hear music | as robot picks cherries | in soil survey near {town}
    | from organic onion harvest
"""

WILDLIFE = """
headline: {rare_bird} {nests} in {town} {nest_place} | {volunteers} {rescue} {sea_animal} {sea_reason} | {common}
    | {mammal} returns to {habitat} after {absence} | {sea_animal} {swims} off {area}, {watchers} {admire}
    | {rangers} {replant} {habitat} after {damage} | {rare_bird} chicks {hatch} despite {nest_trouble}
    | {mammal} {visits} {town} gardens as {mammal_reason} | {insects} thrive in {meadow} after {meadow_care}
    | {insects} decline as {insect_threat}, says nature trust | night of {mammal} counting {count_news}
rare_bird: osprey | white stork | barn owl | kingfisher | peregrine falcon
nests: nests | settles | raises {number} chicks | sings | is filmed
nest_place: church tower | wetlands | chimney | quarry | car park
hatch: hatch | fledge | leave nest | take first flight | thrive
nest_trouble: cold {month} | curious drones | building noise | hungry crows | strong wind
volunteers: volunteers | divers | coastguards | schoolchildren | marine biologists
rescue: rescue | refloat | feed | free | nurse
sea_animal: seal pup | stranded dolphin | sea turtle | lost whale | injured otter
sea_reason: tangled in net | found on beach | after spring tide | covered in oil | far from pod
swims: swims | plays | feeds | rests | leaps
watchers: anglers | ferry passengers | children | tourists | surfers
admire: cheer | take photographs | keep distance | listen in silence | marvel
mammal: beaver | lynx | hedgehog | red squirrel | badger
habitat: river | ancient forest | moor | reed beds | upland bog
absence: {number} centuries | {number} decades | long absence | careful planning | clean up
rangers: rangers | foresters | wardens | trust members | park keepers
replant: replant | restore | fence off | survey | guard
damage: wildfire | beetle attack | years of neglect | record flood | careless campers
visits: visits | explores | raids | digs up | adopts
mammal_reason: woods dry out | nights grow longer | food runs short | young leave burrow | winter nears
insects: bees | butterflies | dragonflies | glow worms | moths
meadow: wildflower meadow | {town} verges | old cemetery | railway embankment | school garden
meadow_care: late mowing | careful grazing | end of spraying | {number} years of rest | new ponds
insect_threat: meadows vanish | lamps burn all night | ponds dry up | pesticides spread | invasive hornets arrive
count_news: draws {dozens} volunteers | brings surprise | ends in rain | finds {number} new colonies
advice: attract butterflies | help hedgehogs | build nest box | make garden pond | feed birds in winter
    | identify mushrooms | share garden with foxes | listen to dawn chorus | plant hedge
warning: wetlands are drying out | lynx need bigger forests | too many lights confuse bats | plastic harms seabirds
    | invasive crayfish spread upstream
plan: restore peat bogs | protect old forests | ban lead shot | bring back beavers | clean rivers
finding: from owl pellets | after otter census | as whales change song | in moth traps near {town}
    | from tagged storks
"""

TRANSPORT = """
headline: {train} {delayed} as {track_trouble} | {drivers} face {road_misery} after {road_cause} | {common}
    | {town} opens {cycle_route} despite {cycle_doubt} | {ferry} {sails} from {town} after {ferry_wait}
    | {train} {returns} to {town} after {rail_gap} | {bus_route} {bus_change} from {month}
    | {drivers} {complain} as {road_works} on {road} | {pilots} {land} safely in {town} after {flight_scare}
    | {cyclists} {cyclist_action}, call for {cycle_route} | {town} bridge {bridge_news}
    | {ferry} {sails} despite {sea_weather}
train: night train | commuter train | express | steam train | early train
delayed: delayed | cancelled | halted | diverted | overtaken by bicycle
track_trouble: signals fail | leaves cover track | sheep cross line | points freeze | driver oversleeps
returns: returns | runs again | comes back | whistles its way back
rail_gap: {number} years | long closure | tunnel repairs | public appeal | landslip
drivers: drivers | commuters | motorists | lorry drivers | taxi drivers
road_misery: long queues | detours | parking fines | {number} mile tailback | closed lanes
road_cause: bridge closure | burst water main | lorry sheds {cargo} | signal fault | flooded underpass
cargo: oranges | paint | eggs | footballs | syrup
complain: complain | sigh | take bus | lose patience | start petition
road_works: road works crawl | lanes close | cones multiply | resurfacing begins | speed cameras flash
road: ring road | {town} bypass | coastal road | motorway | old bridge
cycle_route: cycle lane | bicycle bridge | cycle highway | bike parking | traffic free street
cycle_doubt: shopkeepers' doubts | narrow streets | parking row | wet opening day | court challenge
cyclists: cyclists | bike couriers | pedestrians | parents | wheelchair users
cyclist_action: ring bells | ride in silence | block roundabout | paint lane | hand in petition
ferry: car ferry | island ferry | electric ferry | paddle steamer | hovercraft
sails: sails | departs | resumes service | leaves on time | carries first passengers
ferry_wait: engine repairs | harbour dredging | {number} month refit | crew training | dock strike
sea_weather: high waves | thick fog | gale warning | rough crossing | drifting ice
bus_route: night bus | bus {number} | school bus | airport shuttle | village minibus
bus_change: runs hourly | goes free | serves hospital | takes new route | accepts dogs
pilots: pilots | trainee pilots | glider crew | balloonists | helicopter crew
land: land | touch down | divert and land | glide down
flight_scare: bird strike | engine alarm | lightning strike | cracked windscreen | fuel warning
bridge_news: reopens to traffic | gets new coat of paint | turns {number}0 | closes for repairs | swings open again
advice: travel by night train | park in tight space | commute by bike | avoid rush hour | pack light
    | find cheap tickets | learn to drive | repair puncture | survive long delay
warning: rail fares are too high | bridges need repair | new runway is too noisy | bus cuts isolate villages
    | tunnel costs will double
plan: link night trains | build charging stations | cut short flights | simplify rail tickets | electrify buses
finding: from driverless bus trial | after free bus month | as speed limit falls | in {town} parking survey
    | from crash test
"""
