"""The town hall, the courts, housing, business and the world."""

COUNCIL = """
headline: {council} {approves} {facility} despite {objection} | {mayor} {opens} {facility} after {funding} | {common}
    | {residents} {oppose} {proposal} as {council} {council_step} | {town} votes on {proposal} this {day}
    | {mayor} {vows} to {vow} after {election} | {council} {raises} {charge} to pay for {facility}
    | {council} {delays} {proposal} after {hearing} | {residents} {save} {landmark} after {campaign}
    | {town} twins with {far_town} as {twinning} | {workers} {clear} {litter} after {event}
council: council | {town} council | city council | county | planning committee
approves: approves | funds | rejects | votes for | plans
delays: delays | drops | amends | reconsiders | publishes
council_step: vote nears | meeting runs late | budget shrinks | plans leak | deadline passes
facility: skate park | library | public toilets | community centre | youth club
objection: protest | budget gap | noise fears | {number} objections | parking worries
funding: lottery grant | {number} years of fundraising | private donation | national grant | sponsored walk
mayor: mayor | deputy mayor | new mayor | councillor | youngest councillor
opens: opens | visits | defends | inspects | dedicates
vows: vows | promises | forgets | pledges | offers
vow: plant {number} thousand trees | cut red tape | cycle to work | balance budget | fix potholes
election: narrow election | recount | landslide | budget defeat | citizens' assembly
residents: residents | shopkeepers | neighbours | pensioners | allotment holders
oppose: oppose | welcome | question | rewrite | mock
save: save | repaint | buy | rename | light up
proposal: car free centre | new bypass | night market | bin charge | wind farm
landmark: old lido | clock tower | bandstand | village shop | signal box
campaign: {number} year campaign | benefit concert | crowdfunding | late night vote | letters from abroad
raises: raises | freezes | cuts | introduces | trims
charge: parking fees | council tax | library fines | rubbish fees | market rents
hearing: public hearing | expert report | stormy meeting | legal advice | change of heart
far_town: sister port overseas | mountain village abroad | namesake across ocean | lakeside spa | desert oasis town
twinning: mayors swap chains | choirs visit | bakers meet | schools exchange letters | rowers race
workers: council workers | volunteers | scouts | street sweepers | parks staff
clear: clear | sort | weigh | collect
litter: litter | confetti | leaves | {number} tonnes of rubbish | abandoned bikes
event: carnival | street parade | {season} fair | half marathon | market day
advice: complain to council | join local committee | make street greener | hold street party | report potholes
    | read budget
warning: library cuts hurt children | town centre is losing shops | consultation was too short
    | council ignores tenants | tourist tax scares visitors
plan: give cities more money | turn car parks into gardens | let citizens set budgets | close coal plants
    | name streets after women
finding: from {town} election | in citizens' poll | as {town} counts trees | after car free {day} | from budget vote
"""

COURTS = """
headline: court {rules} {against} {defendant} over {dispute} | judge {orders} {defendant} to {remedy} after {trial}
    | {common} | {thief} {sentenced} for stealing {loot} | police {seek} {thief} after {theft} of {loot}
    | {jury} {clears} {defendant} of {offence} | {thief} {returns} {loot} with {apology}
    | witness {testifies} in {dispute} case as {courtroom} | police {find} {loot} in {hiding_place} after {tip}
    | lawyers {argue} over {dispute} despite {settlement} | supreme court {hears} {dispute} case
    | judge {postpones} {trial} as {courtroom}
rules: rules | decides | finds
against: against | for | in favour of | partly for | again against
defendant: landlord | builder | water company | {town} council | former banker
dispute: garden hedge | unpaid wages | broken lift | copied melody | boundary wall
orders: orders | urges | tells | advises
remedy: pay {number} thousand | apologise | rebuild wall | repay tenants | plant new trees
trial: short trial | {number} day trial | retrial | surprise evidence | appeal
thief: thief | pickpocket | art thief | bicycle thief | gang
sentenced: sentenced | fined | jailed | given community service | pardoned
seek: seek | arrest | question | chase | identify
loot: garden gnomes | violin | church silver | {number} bicycles | rare stamps
theft: theft | disappearance | overnight theft | second theft
returns: returns | surrenders | mails back | leaves behind
apology: apology | flowers | handwritten note | repair bill
jury: jury | panel
clears: clears | convicts | acquits
offence: fraud | forgery | arson | speeding | tax evasion
testifies: testifies | weeps | changes story | stays silent | speaks by video
courtroom: snow closes court | lawyers object | interpreter falls ill | crowds gather | new evidence emerges
find: find | recover | photograph | dig up
hiding_place: attic | {town} canal | freezer | haystack | left luggage office
tip: anonymous tip | dog's nose | traffic check | jealous cousin's call | overheard boast
argue: argue | clash | joke | negotiate | joust
settlement: late settlement | clear contract | judge's warning | handshake
hears: hears | reopens | dismisses | takes on | settles
postpones: postpones | ends | shortens | streams
advice: write will | settle quarrel with neighbour | read contract | choose lawyer | lock bicycle | survive jury duty
    | dispute parking fine
warning: legal aid is shrinking | prisons are overcrowded | courts are too slow | contracts hide unfair terms
    | witnesses need protection
plan: speed up small claims | fight money laundering | protect whistleblowers | harmonise divorce law
    | share fingerprints
finding: in jury study | from prison garden | as court goes online | in stolen bicycle survey
    | after police walk beat again
"""

HOUSING = """
headline: homeless in {town} {shelter} | {tenants} {protest} as {rents} {climb} | {common}
    | {builders} {turn} {building} into {homes} | {rents} {climb} in {town} despite {rent_rule}
    | {buyers} {compete} for {homes} as {mortgage} | {builders} {finish} {homes} after {site_delay}
    | {tenants} {win} against {building_fault} | {architect} {designs} {homes} for {dwellers}
    | number of homeless in {town} {falls} after {housing_step}
    | {town} {lends} {building} to {dwellers} this {season} | {dwellers} move into {homes} after {site_delay}
shelter: find shelter in {building} | get keys to {homes} | fear cold winter | given {number} beds in {building}
    | move into {homes} | need warm clothes | honoured for rescue | wait for {homes}
tenants: tenants | students | flat sharers | lodgers | leaseholders
protest: protest | move out | organise | despair | withhold payment
rents: rents | house prices | deposits | heating bills | service charges
climb: climb | soar | double | level off | dip
rent_rule: rent cap | new homes | falling demand | price brake | empty flats
builders: builders | architects | carpenters | apprentices | developers
turn: turn | convert | divide | transform
finish: finish | start | abandon | insulate | hand over
building: old hotel | empty office | church | department store | barracks | mill | water tower | ferry terminal
    | former bank
homes: flats | family homes | tiny houses | wooden homes | student rooms
buyers: buyers | first time buyers | young couples | investors | retired couples
compete: compete | queue | save | search | bid
mortgage: mortgages get cheaper | rates rise | supply shrinks | banks relax rules | commuters leave city
site_delay: {number} year delay | asbestos find | crane strike | shortage of bricks | planning row
win: win | campaign | sue | rally
building_fault: damp walls | broken boiler | unfair eviction | noisy pipes | mouldy ceilings
architect: architect | young architect | retired architect | student team | carpenter
designs: designs | sketches | builds | prints | donates
dwellers: nurses | refugees | single parents | musicians | large families
falls: falls | rises again | halves | stays high | is unknown
housing_step: rent fund | winter programme | new hostel | landlord scheme | job project
lends: lends | rents | opens | sells
advice: lower heating bill | save for deposit | furnish small flat | get along with flatmates | insulate attic
    | share house | paint ceiling | move house with cat | stop draughts
warning: rent cap will not build homes | holiday flats push out locals | new homes lack schools
    | old boilers waste gas | evictions are rising
plan: end homelessness | renovate old flats | limit holiday lets | turn offices into homes
    | insulate {number} million homes
finding: from rent freeze | as homeless get cash | in insulation test | from tiny house village
    | after landlords drop deposits
"""

BUSINESS = """
headline: {shares} {fall} as {market_reason} | {factory} {hires} {workers} after {order} | {common}
    | {bank} {lifts} {rates} despite {economy} | {factory} {cuts} {dozens} jobs as {market_reason}
    | {shop} {closes} in {town} after {shop_years} | {union} {wins} {pay_deal} after {strike}
    | {shares} {rally} despite {profit_warning} | {founder} {sells} {firm} to {workers}
    | {exports} {grow} as {trade_reason} | {firm} {launches} {goods} for {customers}
    | {shop} {thrives} in {town} as {shop_reason}
shares: shares | technology shares | bank shares | oil prices | gold shares
fall: fall | slide | tumble | drop sharply | wobble
rally: rally | jump | edge up | recover | climb
market_reason: inflation rises | investors lose nerve | orders dry up | growth slows | earnings disappoint
factory: factory | {town} factory | shipyard | steel mill | paper mill
hires: hires | trains | seeks | takes back | needs
cuts: cuts | saves | moves | adds
workers: workers | staff | welders | apprentices | engineers
order: big order | takeover | record exports | tax break | investor's visit
bank: central bank | national bank | savings bank | cooperative bank
lifts: lifts | holds | cuts | defends | hints at lower
rates: interest rates | lending rates | growth forecast | inflation target | savings rates
economy: weak growth | falling prices | rising wages | nervous markets | calls for calm
shop: bookshop | family shop | hardware store | toy shop | department store
closes: closes | reopens | moves | holds last sale
shop_years: {number}0 years | rent rise | slow {season} | owner's retirement | flood
thrives: thrives | expands | finds buyer | celebrates
shop_reason: locals return | repairs boom | tourists discover it | rivals close | online orders grow
union: union | dockers' union | cabin crew union | bakers' union | postal union
wins: wins | accepts | rejects | celebrates
pay_deal: pay deal | shorter week | pension deal | {number} percent rise | winter bonus
strike: {number} day strike | night of talks | mediation | warning strike | threat of walkout
profit_warning: profit warning | trade dispute | weak {season} | strong currency | tax rise
founder: founder | heir | widow | chief executive | inventor
sells: sells | gives | leaves | leases
firm: firm | family firm | bicycle maker | shoe firm | furniture chain
exports: exports | sales | profits | tourism bookings | orders for wind turbines
grow: grow | shrink | surge | stall | hold steady
trade_reason: tariffs fall | currency weakens | ports reopen | demand returns | rules change
launches: launches | recalls | redesigns | ships | discounts
goods: cargo bike | folding chair | silent vacuum cleaner | refillable pens | winter boots
customers: commuters | campers | left handed people | small kitchens | craftsmen
advice: ask for pay rise | start small firm | save for retirement | write job application | run shorter meetings
    | return to work after illness | keep good staff | survive first {day} in new job
warning: merger will cost jobs | pension fund takes too many risks | prices rise faster than wages
    | small shops pay too much tax | bonuses reward failure
plan: cut working week | tax airline fuel | lower energy prices | sign new trade deal | support small firms
finding: from four day week | in salary survey | as firm pays staff to cycle | after shops drop music
    | from cash free {month}
"""

WORLD = """
headline: {leaders} {sign} {treaty} after {talks} | {envoy} {urges} {parties} to {peace_step} | {common}
    | {leaders} {discuss} {issue} as {summit} | {aid} {reaches} {region} despite {aid_trouble}
    | {nation} {votes} as {vote_mood} | {parliament} {passes} {law} after {debate}
    | {nation} and neighbour {reopen} {border} after {talks} | {envoy} flies to {region} as {truce}
    | europe looks to {nation} for {supply} | {observers} {praise} {vote} in {nation}
    | {parliament} {debates} {issue} despite {boycott} | {refugees} {reach} {region} after {journey}
leaders: leaders | ministers | presidents | finance ministers | foreign ministers
sign: sign | renew | postpone | celebrate | leave
treaty: climate treaty | trade pact | fishing deal | border agreement | peace accord
talks: long talks | secret talks | {number} days of talks | last minute talks | mediation
envoy: envoy | peace envoy | ambassador | mediator | pope
urges: urges | asks | begs | presses | helps
parties: rivals | both sides | rebels | governments | neighbours
peace_step: lay down arms | share river | free prisoners | keep truce | resume talks
discuss: discuss | avoid | settle | agree on | disagree over
issue: migration | debt relief | fishing quotas | grain exports | climate aid
summit: summit opens | summit drags on | protests grow | oil price jumps | deadline nears
aid: aid | aid convoy | grain ship | rescue team | medical aid
reaches: reaches | heads for | waits outside | leaves
region: flood region | capital | mountain region | border town | earthquake zone
aid_trouble: blocked roads | monsoon | fuel shortage | customs dispute | aftershocks
nation: island nation | northern neighbour | kingdom | young republic | landlocked country
votes: votes | goes to polls | elects new president | counts ballots | delays election
vote_mood: queues form at dawn | opposition unites | turnout soars | polls narrow | young voters decide
vote: peaceful vote | fair count | high turnout | referendum | handover of power
observers: observers | monitors | neighbours | election monitors
praise: praise | question | certify | await
parliament: parliament | senate | upper house | lower house | european parliament
passes: passes | rejects | waters down | softens | repeals
debates: debates | postpones | votes on | returns to
law: data law | press law | budget | climate law | citizenship law
debate: all night debate | narrow vote | walkout | {number} amendments | heated debate
boycott: boycott | empty benches | protest | holiday | heckling
reopen: reopen | share | patrol | redraw
border: border | railway link | embassies | mountain road | air route
truce: truce holds | ceasefire nears | prisoners return home | talks falter | rebels split
supply: gas | grain | doctors | solar panels | vaccines
refugees: refugees | earthquake survivors | stranded sailors | displaced families | exiled poets
reach: reach | leave | return to | settle in
journey: long march | storm at sea | {number} week trek | ceasefire | airlift
advice: follow summit | learn to haggle | greet foreign guests | celebrate new year abroad | help refugees
    | understand elections
warning: treaty lacks teeth | sanctions hurt ordinary people | aid arrives too late | summit promises are empty
    | debt threatens poor nations
plan: rebuild bridges with neighbours | double climate aid | share refugees fairly | ease visa rules
    | speak with one voice
finding: in island referendum | from peace talks | as small states vote | after border opens | in {nation} election
"""
