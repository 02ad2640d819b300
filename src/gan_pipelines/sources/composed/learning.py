"""Education, health, science and technology."""

EDUCATION = """
headline: {pupils} {build} {class_project} in {school_place} | {teachers} {strike} over {school_pay} as {exam_time}
    | {common} | {university} {offers} {course} after {campus_news}
    | {pupils} {do_well} in {exam} despite {school_trouble} | {school} {bans} {phones} as {pupils} {react}
    | {town} school {school_news} | {teacher} {retires} after {career}
    | {university} {studies} {campus_topic} with {pupils} | {school} {opens} {school_place} for {pupils}
    | {headteacher} {promises} {school_promise} after {inspection}
pupils: pupils | schoolchildren | first graders | teenagers | students
build: build | design | test | show | repair
class_project: wind turbine | school garden | solar boat | robot choir | insect hotel
school_place: gym | new library | classroom | science lab | school kitchen
teachers: teachers | lecturers | primary teachers | language teachers | teaching assistants
strike: strike | march | bargain | vote | petition
school_pay: pay | class sizes | pensions | long hours | staff shortage
exam_time: exams begin | term ends | talks stall | holidays near | ministers visit
university: university | {town} college | art school | technical college | medical school
offers: offers | cancels | funds | doubles places on | moves online
course: nursing degree | evening classes | coding course | free maths course | beekeeping diploma
campus_news: generous gift | student poll | record applications | merger | budget vote
do_well: shine | improve | struggle | excel | catch up
exam: maths exam | spelling contest | reading test | geography quiz | science fair
school_trouble: broken heating | lost lessons | late timetable | shortage of teachers | snow days
school: school | primary school | secondary school | boarding school | nursery
bans: bans | locks away | allows | limits | confiscates
phones: phones | homework | fizzy drinks | uniforms | skateboards
react: cheer | protest | read more | shrug | swap cards
school_news: starts later | shares lessons with care home | keeps {number} hens | wins reading prize
    | runs out of chairs
teacher: teacher | physics teacher | caretaker | librarian | headmistress
retires: retires | returns | says farewell | is honoured | writes textbook
career: {number}0 years | {number} thousand lessons | one last assembly | decades at same desk
studies: studies | debates | maps | surveys
campus_topic: sleep | shyness | dialects | handwriting | homesickness
opens: opens | repairs | names | clears
headteacher: headteacher | minister | school governor | education chief | new principal
promises: promises | demands | delays | outlines
school_promise: smaller classes | free lunches | warm classrooms | better buses | more music lessons
inspection: inspection | poor results | parents' letter | open day | surprise audit
advice: help with homework | learn french | calm exam nerves | remember names | choose university | teach fractions
    | enjoy reading aloud | write better essays
warning: classes are too big | rural schools may close | exams cause too much stress | tuition fees will rise
    | handwriting is disappearing
plan: recognise degrees everywhere | double student exchanges | teach coding earlier | train more teachers
    | bring music back to schools
finding: from four day school week | in reading study | as pupils grade teachers | after phones leave classrooms
    | from sleep study at {town} college
"""

HEALTH = """
headline: {doctors} {treat} {illness} with {therapy} | {hospital} {opens} {ward} as {demand} | {common}
    | {nurses} {ask} for {relief} after {shift} | {habit} {lowers} risk of {disease}, study {suggests}
    | {patients} {wait} for {appointment} as {staffing} | {vaccine} {protects} {group} against {germ}
    | {hospital} {thanks} {nurses} after {shift} | {doctors} {discover} {gene} behind {disease}
    | {surgeons} {replace} {organ} in {number} hour operation | homeless in {town} {care}
    | {habit} {helps} {patients} recover from {illness} | {ambulance} {reaches} {patients} despite {obstacle}
doctors: doctors | scientists | paediatricians | cardiologists | researchers
treat: treat | prevent | ease | diagnose | cure
illness: back pain | migraine | flu | hay fever | insomnia
therapy: laughter | new pill | cold baths | gene therapy | singing lessons
hospital: hospital | {town} hospital | children's hospital | eye clinic | village clinic
opens: opens | expands | closes | renovates | plans
thanks: thanks | rewards | hires back | trains
ward: maternity ward | sleep clinic | roof garden | emergency room | stroke unit
demand: waiting lists grow | births rise | flu season begins | doctors retire | donations arrive
nurses: nurses | midwives | carers | paramedics | student nurses
ask: ask | march | hope | wait | plead
relief: shorter shifts | better pay | more staff | quiet rooms | safe parking
shift: hard {season} | flu wave | double shifts | night of emergencies | {number} busy weeks
habit: walking | gardening | afternoon nap | dancing | olive oil
lowers: lowers | halves | does not affect | may cut | slightly reduces
helps: helps | lets | teaches | does not help
disease: heart disease | stroke | diabetes | dementia | measles
suggests: suggests | shows | finds | claims | confirms
patients: patients | pensioners | toddlers | expectant mothers | elderly patients
wait: wait {number} weeks | queue overnight | travel far | pay more | hope
appointment: hip surgery | eye test | dentist | scans | hearing aids
staffing: surgeries close | nurses leave | lines jam | computers fail | specialists retire
vaccine: vaccine | nasal spray | booster | single injection | new antibody
germ: measles | flu | malaria | tetanus | shingles
protects: protects | shields | fails to protect | may protect
group: children | newborns | travellers | adults over {number}0 | health workers
discover: discover | switch off | map | hunt for | understand
gene: gene | rare gene | protein | faulty enzyme | hidden immune cell
surgeons: surgeons | robot surgeons | heart surgeons | eye surgeons | army surgeons
replace: replace | repair | transplant | print | regrow
organ: heart valve | knee | kidney | cornea | windpipe
care: offered free dental checks | get winter vaccines | visited by mobile clinic | trained as first aiders
ambulance: ambulance | rescue helicopter | air ambulance | volunteer medic | drone with defibrillator
reaches: reaches | saves | finds | carries
obstacle: floods | blocked roads | thick snow | wrong address | traffic jam
advice: sleep better | lower blood pressure | stop smoking | stay calm at dentist | care for elderly parents
    | strengthen back | sit less at work | wash hands properly | beat winter cold
warning: hospitals lack beds | antibiotics are losing power | waiting lists hide real demand
    | painkillers are overused | teenagers sleep too little
plan: stockpile medicines | share health data | train {number} thousand nurses | cut sugar in drinks
    | ban smoking in parks
finding: from migraine trial | in vaccine study | as patients choose placebo | after year of daily walks
    | from hospital garden
"""

SCIENCE = """
headline: {astronomers} {spot} {planet} near {star} | {probe} {lands} on {moon} after {flight} | {common}
    | {diggers} {unearth} {fossil} in {dig_site} | {chemists} {turn} {waste} into {material}
    | {probe} {sends} {signal} as {orbit} | {physicists} {measure} {particle} despite {lab_trouble}
    | find of {fossil} {rewrites} history of {creature} | {astronomers} {catch} {signal} from {star}
    | {diggers} {find} {fossil} after {dig_luck} | {chemists} {win} prize for {material}
    | {moon} may hide {ocean}, {astronomers} say
astronomers: astronomers | amateur astronomers | stargazers | radio astronomers | observatory staff
spot: spot | photograph | lose sight of | weigh | name
planet: new planet | comet | asteroid | rogue planet | ringed planet
star: dying star | distant galaxy | nearby star | black hole | red giant
probe: probe | space probe | small satellite | lander | space telescope
lands: lands | touches down | drills | wakes up | bounces
moon: moon | mars | far side of moon | icy moon | comet
flight: {number} year journey | risky flight | lost signal | software update | solar storm
sends: sends | relays | records | decodes | loses
signal: faint signal | strange signal | radio burst | first pictures | sound of wind
orbit: it leaves orbit | batteries fade | engineers cheer | dust clears | mission ends
ocean: salty ocean | warm lakes | ice caves | sleeping volcano | ancient river bed
diggers: archaeologists | students | geologists | divers | palaeontologists
catch: catch | record | decode | puzzle over
unearth: unearth | date | scan | piece together | rebury
find: find | lose | recognise | identify
fossil: fossil | dinosaur nest | mammoth tusk | roman villa | bronze age boat
dig_site: desert | {town} quarry | river mud | cave | car park
dig_luck: landslide | dry {season} | tip from child | {number} years of digging | drone survey
rewrites: rewrites | questions | sheds light on | lengthens
creature: whales | birds | early humans | horses | flying reptiles
chemists: chemists | engineers | biologists | material scientists | students
turn: turn | dissolve | press | ferment | spin
win: win | share | decline | earn
waste: plastic waste | coffee grounds | old tyres | orange peel | sawdust
material: fuel | bricks | biodegradable plastic | lighter concrete | fabric
physicists: physicists | mathematicians | quantum physicists | lab team | theorists
measure: measure | trap | doubt | simulate | slow down
particle: neutrino | ghostly particle | gravity waves | light pulse | magnetic field
lab_trouble: tiny budget | doubts | leaking magnet | power cuts | {number} failed attempts
advice: watch eclipse safely | explain gravity | find meteorites | photograph milky way | grow crystals
    | start fossil collection | think like physicist
warning: space junk threatens satellites | research money is drying up | deep sea mining harms unknown life
    | night sky is too bright | young researchers are leaving
plan: build moon base | fund bigger telescope | clean up space junk | map sea floor | share research data
finding: from particle collider | in moon rock | as telescope looks at {star} | from deep sea drilling | in ice core
"""

TECHNOLOGY = """
headline: {robot} {learns} to {robot_task} in {lab} | {app} {helps} {app_users} {app_goal} | {common}
    | {engineers} {unveil} {battery} as {tech_reason} | {town} tests {robot} despite {robot_fear}
    | {update} {slows} {device} after {bug} | {engineers} {fix} {bug} before {launch}
    | {hackers} {probe} {system} as {security} | {chip} {shrinks} as {tech_reason}
    | {robot} {fails} to {robot_task} after {update} | {startup} {launches} {app} for {app_users}
    | {device} {makes_comeback} as {nostalgia}
robot: robot | delivery robot | robot dog | home robot | drone
learns: learns | refuses | prepares | helps surgeons | teaches itself
fails: fails | forgets how | stops trying | struggles
robot_task: fold shirts | pick strawberries | paint portraits | play football | climb stairs
lab: {town} lab | student flat | car factory | care home | greenhouse
robot_fear: job fears | safety doubts | noise complaints | shy customers | steep stairs
app: app | translation app | parking app | free app | chatbot
helps: helps | lets
app_users: commuters | blind users | grandparents | night workers | beginners
app_goal: find lost keys | learn languages | save water | avoid crowds | read menus
engineers: engineers | programmers | young inventors | software engineers | designers
unveil: unveil | test | patent | recall | recycle
battery: sodium battery | paper battery | longer lasting battery | wireless charger | solar window
tech_reason: demand soars | lithium runs short | rivals catch up | costs fall | factories retool
update: update | software update | security patch | new operating system | overnight update
slows: slows | locks | confuses | revives | drains
device: phones | printers | tablets | smart doorbells | hearing aids
bug: bug | typo in code | server outage | memory leak | clock error
fix: fix | hunt | explain | reproduce | ignore
launch: launch | holidays | election | eclipse | release date
hackers: hackers | security researchers | students | volunteers | penetration testers
probe: probe | protect | break into | audit | lock down
system: voting machine | water network | smart fridge | hospital network | password manager
security: passwords leak | firms ignore warnings | rules tighten | bounty doubles | old servers stay online
chip: chip | memory chip | graphics chip | quantum chip | sensor
shrinks: shrinks again | doubles in speed | runs cooler | sells out | gets cheaper
startup: startup | student startup | family firm | pair of sisters | university spin off
launches: launches | sells | gives away | abandons | rewrites
makes_comeback: make comeback | vanish from shops | get second life | find new fans
nostalgia: teenagers discover nostalgia | repairs get cheaper | collectors pay more | batteries improve
    | spare parts return
advice: choose strong password | clean keyboard | back up photos | spend less time online | spot fake pictures
    | teach grandparents video calls | recycle old phones | name robot
warning: chatbots invent facts | old routers are easy targets | facial recognition makes mistakes
    | data centres use too much water | spare parts are too expensive
plan: regulate chatbots | build own chips | introduce common charger | limit tracking online | bring fibre to villages
finding: from turing test | as robots run marathon | after network goes dark | in keyboard study | from battery race
"""
