"""What all sections of the newspaper have in common; each gives ``advice``, ``warning``, ``plan`` and ``finding``."""

SHARED = """
common: critics warn {warning} | {number} ways to {advice} | europe looks to {plan} | best way to {advice}
    | unexpected results {finding} | {town} looks to {plan} | why it pays to {advice} | how {town} hopes to {plan}
    | {number} reasons to {advice} this {season} | critics warn {warning} despite {comfort}
    | europe looks to {plan} by {year} | best way to {advice}, according to {neighbours}
number: 10 | 5 | 7 | 12 | 3 | 20 | 8 | 6 | 15 | 100
dozens: dozens of | hundreds of | 40 | 200 | thousands of | scores of | 60 | 300 | 25
year: 2030 | 2035 | 2040 | 2050 | next year | the end of the decade
day: weekend | Monday | Friday | Sunday | week | Tuesday | Thursday | Saturday | Wednesday
season: summer | winter | spring | autumn | year | month
month: May | June | October | March | September | April | November | January | July | February | August | December
town: Harrowby | Westmere | Port Linden | Calder Bay | Oakhaven | Stonebridge | Eastvale | Brackenford | Lower Penrose
    | Silverwick | Marlow Cross | Thornby | Kingsferry | Ambleton | Greyharbour | Fennwick | Dunmoor | Rosehill
    | Appleford | Saltmarsh | Little Wexham | Northgate | Hollowdale | Birchester | Quarrytown | Wrenfield
area: coast | north | {town} | islands | south | valley | {town} and nearby villages | hill villages | east
    | harbour towns | west
neighbours: neighbours | residents | families | pensioners | grandparents | volunteers | newcomers | students
comfort: early promise | warm words | new rules | loud applause | fresh funding | good intentions | record savings
    | glossy brochure | polite talks | public support
"""
