"""The words of the demo tickets: a grammar of what owners of small shops write to the makers of their till.

Shop, product and people are invented. A heading `name:` begins a symbol, every indented line under it is one way to
say it. In a line, `{name}` stands for a symbol and `[a|b|c]` for one of its parts, any of which may be empty.
"""

from __future__ import annotations

import re
from random import Random

__all__ = ["expand"]

_GRAMMAR = r"""
product:
    Larkdesk
    Larkdesk
    the Larkdesk app
    Larkdesk Counter
    the till software
    your system
shop:
    bakery
    cafe
    farm shop
    bookshop
    flower shop
    tea room
    deli
    garden centre
    cheese counter
    fishmonger
    bike workshop
    toy shop
    museum kiosk
    ice cream parlour
    pottery studio
    wine merchant
    pet shop
    hardware store
    record shop
    campsite kiosk
town:
    Aldermere
    Brackwater
    Cobble End
    Dunsby
    Eastlow
    Fernhollow
    Gullwick
    Hartsea
    Inverlay
    Kestrel Bay
    Longmarsh
    Mossford
    Northquay
    Otterbourne
    Pinfold
    Ravenscar
    Saltby
    Thornley
    Upper Wick
    Whitsand
name:
    Ada
    Bastian
    Carys
    Dmitri
    Elif
    Femi
    Greta
    Hamish
    Ines
    Jonas
    Kavita
    Lorcan
    Mireille
    Noor
    Oskar
    Priya
    Quentin
    Rosalind
    Sven
    Tamsin
    Umar
    Viola
    Wen
    Yusuf
    Zofia
    Marguerite
    Declan
    Aoife
    Bruno
    Saskia
person:
    my colleague {name}
    {name}
    our manager
    the new apprentice
    my sister
    our bookkeeper {name}
    the weekend crew
    my business partner
    the owner
    our head baker
    {name} from the {town} branch
    a student who helps out
day:
    Monday
    Tuesday
    Wednesday
    Thursday
    Friday
    Saturday
    Sunday
    market day
    the bank holiday
clock:
    [six|seven|eight|nine|ten|eleven|twelve|one|two|three|four|five]
    half past [six|seven|eight|nine|ten|eleven|one|two|four]
    {n}:[05|10|15|20|30|40|45|50]
    [just before|just after|around] [opening|lunch|closing]
n:
    2
    3
    4
    5
    6
    7
    8
    9
    11
    12
few:
    two
    three
    four
    five
    half a dozen
    seven
    a couple of
many:
    [twenty|thirty|forty|sixty|ninety]
    [15|23|37|48|52|64|85|110|140|260]
    [dozens of|scores of|a hundred or so|close to fifty]
span:
    [ten|twenty|forty] minutes
    [about|nearly|over] an hour
    the whole morning
    two hours
    {n} minutes
    since [opening|{clock}|breakfast|the lunch rush]
money:
    [12|18|27|35|42|64|78|96|115|140|230|310|480].[00|20|50|75|90|99] [euros|pounds|crowns]
    [a few|some] hundred [euros|pounds|crowns]
item:
    sourdough
    rye loaves
    cinnamon buns
    oat milk
    goat cheese
    cut tulips
    seed packets
    postcards
    loose tea
    gift baskets
    wedding cakes
    smoked trout
    bicycle tubes
    jam jars
    beeswax candles
    lentil soup
    second-hand novels
    bird feed
    paint brushes
    cider
    vinyl
    picnic boxes
    birthday cakes
    plum tart
    firewood
device:
    the [front|back|left|second|main|old|new] [till|counter|tablet|register]
    the tablet [by the door|at the counter|in the kitchen|on the terrace]
    till [one|two|three|number four]
    the card reader
    the handheld
screen:
    [settings|stock|reports|staff|loyalty|checkout|orders|delivery|calendar|suppliers|discounts|receipts] [page|screen|tab|menu]
aside:
    We are a small {shop} in {town}[ with {few} staff| and have used {product} since spring|].
    {person} set it [all |]up [last year|in March|before the holidays] and it has been [fine|solid|mostly smooth] [until now|so far].
    [It has been raining all week here|The weather is glorious|Half the street is dug up] [so it is a quiet day|and people keep coming in anyway|, not that it matters].
    We moved from {town} to {town} in [May|autumn|the new year].
    We run {few} [counters|tablets|registers] and sell mostly {item} and {item}.
    {person} is [away|on leave|at the dentist|at the wholesaler] until {day}, so I am writing [instead|for the team|this time].
    [I have|We have] [read|looked through] the help pages [twice|already|this morning] and [found nothing|could not find it|did not get far].
    [I asked|We asked] {person} [first|about it|yesterday] and [they suggested writing to you|nobody here knew|they shrugged].
    This is the {shop} in {town}, customer number [4|7|8]{n}{n}{n}.
    We are on the [basic|standard|plus|family] plan[ I think|, paid yearly|].
    On {day}s we also have a stall with {item}.
    You helped us [in June|last winter|once before] with {item} and that was great.
    {device} runs version {n}.{n}, [the others are older|all up to date|if that helps].
    We mostly sell {item} [to regulars|to tourists|to restaurants] in {town}.
    [My eyes are not what they were|I am not a computer person|English is not my first language], so [please bear with me|sorry for the long message|please write simply].
    It is [{device}|a borrowed tablet] [with a cracked corner|next to the coffee machine|on the wifi from upstairs].
    [Yesterday|On {day}|Last week] we [sold|baked|shipped] {many} {item}[, our record|, which was lovely|].
mild_context:
    [It|This] happened once [in spring|last year] too, [if I remember right|after an update|on {day}].
    We saw your newsletter about [the outage|the update|the new readers] [last month|in spring].
    [Last month|In spring] the payments were down for an hour but that was [sorted quickly|long ago|not a big deal].
    It worked [again|fine] after a restart.
    [Customers|Guests|Regulars] have [asked|commented|been asking] [about it|now and then|twice].
    We noticed it [on {day}|while counting stock|when we closed up].
    I attach a [photo|screenshot|short video] of the {screen}.
    {person} says it [started after the update|was always like that|is the wifi], I am not sure.
    [We have|There is] a [queue|big party|busy day] on {day} so it would help to know.
    {product} shows [a yellow banner|a small note|error {n}{n}{n}] on the {screen}.
u_till:
    {device} [is completely dead|will not start|froze|has gone black|keeps restarting] and [we cannot sell anything|nobody can pay|the queue is out of the door].
    [All|Both|All {few}] [tills|tablets|registers] [went down|crashed|stopped] [at {clock}|at the same moment|one after the other] [and none of them came back|and we are writing on paper|].
    {product} [crashes|shuts itself] every time [someone presses pay|we open the {screen}|we scan {item}].
    Nothing [happens|responds] when we [tap|touch|press] the screen, {device} is [stuck|frozen solid] on the {screen}.
    We [have been|are] unable to [sell|serve|ring anything up] for {span} because {device} [hangs|is frozen|shows only a blank page].
    [The whole shop|Our {shop}] is at a standstill, {product} says [server unreachable|fatal error|no connection] on every [screen|device].
    After the [update|restart] [last night|at {clock}] {device} [only shows a white screen|never gets past the logo|loops forever].
u_pay:
    [Every|Nearly every] card [payment|transaction] is [declined|failing|rejected] since {clock}, [whatever the bank|also the cards we tested ourselves].
    Customers are being charged [twice|double|three times] for {item}, [at least {many} people|one of them {money}].
    {device} [takes|took] the money but [no sale is recorded|the order never appears|the receipt says cancelled].
    We have [lost|turned away] {many} [customers|guests|sales] [already|today|since {clock}] because the [card reader|terminal] [will not connect|refuses every card].
    Payments [stopped|froze|fail with code {n}{n}{n}] [right in the rush|in the middle of a sale|on all {few} readers].
    A [customer|guest] was debited {money} instead of a [coffee|postcard], and refunds [fail too|are greyed out|give an error].
    Money from [yesterday|{day}|the last {n} days] has [vanished|not arrived|gone to another account], {money} [in all|and counting].
u_login:
    [Nobody|None of us] can [log in|sign in|get into the till] [this morning|since {clock}|any more], [the password is refused|the code never arrives|it says account locked].
    We are [locked out|thrown out] of {product} [on every device|entirely] and [opening is at {clock}|there are people waiting|the doors are open].
    [Someone|A stranger|An unknown person] [logged in|got in] as {person} [at night|from another country|twice] and [changed the bank details|deleted staff|made refunds].
    Our account [shows|has] the sales of [another shop|a {shop} in {town}], so [they can surely see ours|customer data is leaking].
    A former employee [still has|got] access and is [issuing refunds|reading customer addresses|deleting orders] [right now|as I write].
u_data:
    All [orders|sales|bookings|stock counts] [from today|for {day}|since {clock}] [have disappeared|are gone|were wiped] [from the {screen}|].
    The [stock|customer|price] list is [empty|blank|full of zeros] after [the import|the update|someone pressed sync] and [we have no copy|there is no undo].
    Every price [was reset to zero|is wrong|doubled] [overnight|at {clock}] and {device} is [giving away|selling] {item} [for nothing|like that].
    {many} [online orders|pre-orders] for {item} [were lost|never reached the kitchen|vanished], people are [coming to collect|arriving|furious].
    {product} [overwrote|deleted] the [wedding orders|delivery list|allergy notes] for {day}, [we need them restored|please get them back].
    The allergy notes [are missing|no longer print|belong to the wrong guest] on [every|all] order[s|], somebody could get [hurt|ill].
u_cold:
    The [cold room|freezer|fridge] alarm did not [fire|go off|reach us] and [the cold store is at {n} degrees|{item} are thawing|it is getting warmer by the minute].
    Temperature [readings|sensors] [stopped|froze] at {clock} and we [cannot tell|do not know] whether the [freezer|cold room] is [safe|running].
    [Smoke|A burning smell|Sparks] [came|is coming] from the [charger|dock|receipt printer] you sent[, we pulled the plug|, it is hot to touch|].
    The [oven timer|kitchen display] [shows nothing|is stuck] and {many} {item} [burned|are burning|had to be thrown away].
u_deliv:
    {few} [vans|drivers|couriers] are [standing in the yard|waiting with engines on|sitting idle] because the route list [will not load|is empty|crashed].
    [Every|All] delivery label[s|] [prints|comes out] with the wrong address, {many} parcels [have left already|are about to leave].
    The web shop [is offline|shows an error page|takes no orders] [since {clock}|for {span}], [on our biggest day|during the sale].
    The kitchen printer [prints nothing|spits out blank paper|stopped], [orders pile up|we shout orders across the room|guests wait an hour].
u_impact:
    [Please help us now|We need help right away|Someone has to look at this immediately].
    We are losing [money|customers|sales] [every minute|by the hour|as I type].
    There [is a line|are {many} people] [down to the street|at the counter|waiting] [and some walk out|].
    Please [call|ring|phone] [me|us|{name}] [at once|right now|within minutes], the number is on file.
    We [had to close|are about to close|sent people home|take cash only] [because of this|until it works|for now].
    This [cannot wait until tomorrow|is an emergency|must be fixed before {clock}].
    Restarting [did not help|changed nothing|made it worse], [neither did|nor did] [a new cable|the other network|reinstalling].
    [The phone line is engaged|Chat gives no answer|Nobody picks up], [so I write here|please answer].
    The [wedding|festival|market] [starts|begins] [in an hour|at {clock}] and we have [nothing|no till].
    I can not [reach|get] [anybody|anyone] on the [hotline|phone].
u_quiet:
    [It would be good if someone could look soon|Could somebody have a look today|We would be grateful for a call].
    I am not [sure|certain] what else to try.
    [We write everything on paper meanwhile|We are improvising with a notebook|{person} is doing sums by hand].
    It began [at {clock}|when we opened|after the storm].
    [The lights on the box are on|Wifi is fine, the phone works|Other apps work].
o_howto:
    How [do|can] [I|we] [change|edit|set|adjust] the [opening hours|tax rate|receipt footer|tip options|default language|button colours] [in|on] the {screen}?
    [Where|In which menu] [do I find|is] the [export|backup|printer setup|end of day report|price history|discount rule] [now|these days|]?
    Is there a way to [sort|group|hide|rename|merge] [products|categories|customers|tables|suppliers] like {item} [by season|by colour|without deleting them|]?
    I would like to [learn|know] how to [print labels for {item}|split a bill|add a second tax rate|make a gift card|schedule a price change].
    Can {person} have [a separate code|read only access|their own shifts] [on {device}|without seeing the takings|]?
    What is the difference between [a category and a tag|archive and delete|net and gross|the standard and the plus plan] on the {screen}?
    [We wonder|I wonder] whether {device} can [show pictures of {item}|sort {item} by shelf|use a bigger font].
o_bill:
    Could you [resend|send] the invoice for [March|April|June|last quarter|{day}], [our bookkeeper needs it|it went to an old address|the ledger is missing one].
    The [invoice|bill] [lists|shows] {few} [licences|tablets|readers] but we [only have|returned] one, please [correct|check] it [with the next bill|when you have time].
    [Please|Can you] change our billing address to {town}[, the rest stays|, from next month|].
    We [want|would like|are thinking] to [switch|move] from [monthly to yearly|the basic to the plus plan|invoice to direct debit].
    What does [a third counter|an extra reader|the delivery module|a second shop] cost [per month|for a small {shop}]?
    Is the [charity|student|early] discount of [10|15|20] percent still [offered|available] [for next year|]?
    Our accountant asks for [a tax certificate|the blue ledger export|the ledger codes|a statement of fees] [by the end of the month|for the yearly audit|].
o_wish:
    It would be [nice|lovely|handy|great] [to have|if we had] a [dark mode|weekly summary|sound for new orders|photo per product|map of tables|birthday reminder].
    [A small wish|One idea|Suggestion]: let us [pin|drag|colour|search] {item} on the {screen}.
    Do you plan [an app for watches|a Welsh version|a link to our website|support for self weighing scales|loyalty stamps]?
    [Customers|Regulars] [love|like] the receipts with [poems|recipes|drawings], could there be more [space|fonts|of them]?
    [Maybe|Perhaps] the {screen} could remember the last [filter|date|supplier], it [jumps|goes] back to {item} every time.
o_order:
    We want to [order|buy] {few} [rolls of receipt paper|spare chargers|stands|card readers|barcode scanners] [in blue|in the old size|to {town}|].
    When will the [new stand|second tablet|cash drawer|scanner] [we ordered|from {day}] [arrive|be shipped]? [No hurry|It can wait|The old one still works].
    Which [printer|scale|scanner|paper] [fits|works with] {device}, [the cheap one|the one from the catalogue|a used one from {town}]?
    Can we [return|swap|sell back] [a stand|an unused reader|the big tablet], [the box is unopened|we prefer the small one|it is too tall for the shelf]?
o_train:
    Do you [offer|have] [a course|training|a video|an evening class] for [new staff|beginners|{person}|seasonal helpers]?
    {person} starts [on {day}|next month] and [should learn|wants to practise on] the {screen}, [is there a test mode|is there a manual|what do you suggest].
    Could [somebody|one of you] visit our {shop} in {town} [in the new year|some time|when passing] to [show|explain] the {screen}?
    We are planning [a second branch|a summer stall|a refit of the {shop}] [in {town}|next year] and would like [advice|an offer|a chat] about it.
o_small:
    The [logo|date|umlaut|second line] on the receipt is [slightly off|cut in half|a bit pale], [only cosmetic|nothing serious|just so you know].
    [There is a typo|I found a spelling mistake|A word is missing] on the {screen}: [it says reciept|recieve is wrong|there are two commas].
    {device} is [a little slow|a bit sluggish|noisy] [in the evening|when the {screen} is open|since the update] but [it works|we manage|we can live with it].
    The [clock|weather icon|little bell] on {device} [is one hour off|shows {town}|never changes], [funny|no harm done|low priority].
    The [report|chart|summary] for {day} [rounds|shows] {item} [to full numbers|under the wrong heading|twice], [we can correct by hand|not a problem].
    Sometimes the [scanner|drawer|reader] needs [two tries|a second tap] for {item}, [not often|just on {day}s].
o_thanks:
    [Just|Only] wanted to say [thank you|thanks|well done] for [the update|the quick answer|the new {screen}|your patience].
    [The new {screen}|Version {n}.{n}] is [a joy|much better|very clear], {person} [loves|uses] it every day.
    [Feel free|You are welcome] to [quote us|use our {shop} as an example|visit us in {town}], [the first bun is on us|we mean it].
    [Please|Kindly] [unsubscribe|remove|take] {person} from the [newsletter|mailing list], [they retired|one copy is enough].
    We [filled in|got] your survey [about {item}|about the {screen}|] and [had a remark|have one more idea|enjoyed it].
o_calm:
    [No hurry|No rush|There is no hurry] [at all|with this|], [next week is fine|whenever you have time|we can wait].
    [Thanks|Many thanks] [in advance|for reading|for your help].
    [A short answer|A link|One line] is [enough|plenty].
    [Have a nice day|Enjoy the weekend|Greetings to the team].
    It is [not important|only a question|just curiosity] [really|], but [it would help|we would like to know|good to hear either way].
    We [talk|meet] about it on {day}, so [any answer before then|a reply this month] is welcome.
    [I will|We will] [call|drop by|write again] [next week|some time|after the holidays] if that is [easier|better].
mixed:
    {device} [dropped|lost] the connection [twice|{few} times] [today|since {day}] and then came back.
    [Some|A few] [card payments|orders|receipts] [took|needed] [a while|several tries|longer than usual] [at {clock}|on {day}|].
    The {screen} [loads slowly|hangs for a moment|shows old numbers] and {person} [is worried|noticed it|asked me to report it].
    {many} [sales|orders] [look|seem] [different|odd] [in the report|on the {screen}], [could you check|what does that mean|is that known].
    The printer [skips|misses] a receipt [now and then|every {n} sales].
    One [refund|order|login] for {person} [failed|did not go through] [at {clock}|on {day}].
greeting:
    Hello,
    Hello there,
    Hi
    Hi,
    Hi {product} team,
    Dear support,
    Dear team,
    Good morning,
    Good evening
    Hey,
    To whom it may concern,
    Morning all,
closing:
    {name}
    {name}, {town}
    Best, {name}
    Kind regards, {name}
    Thanks, {name}
    Cheers, {name}
    Yours, {name} ({shop})
    {name} from the {shop} in {town}
    Greetings from {town}
"""


def _parse(grammar: str) -> dict[str, tuple[str, ...]]:
    """Read the symbols and their lines."""
    symbols: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in grammar.strip().splitlines():
        if line.startswith(" "):
            lines.append(line.strip())
        else:
            lines = symbols.setdefault(line.rstrip(":"), [])
    return {name: tuple(lines) for name, lines in symbols.items()}


_SYMBOLS = _parse(_GRAMMAR)
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SYMBOL = re.compile(r"\{(\w+)\}")


def expand(symbol: str, random: Random) -> str:
    """Say a symbol in one of its ways, drawn at random."""
    text = random.choice(_SYMBOLS[symbol])
    while "[" in text:
        text = _CHOICE.sub(lambda match: random.choice(match[1].split("|")), text)
    return _SYMBOL.sub(lambda match: expand(match[1], random), text)
