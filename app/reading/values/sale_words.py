"""The words that tell whether a sale is agreed, who pays for it and how, in English, German, French and Spanish."""

from __future__ import annotations

import re

_PAPER = (
    r"(?:orders?|contracts?|sow|statements? of work|quot(?:e|ation)s?|offers?|proposals?|agreements?|purchase orders?"
    r"|p\.?o\.?|change orders?|deal|paperwork|estimate|q-?\d[\w-]*"
    r"|auftr(?:ag|äge)\w*|bestellung\w*|angebot\w*|vertrag\w*|nachtrag\w*|auftragsbestätigung|kostenvoranschlag"
    r"|commandes?|devis|contrats?|bon de commande|offres?|avenants?|propositions?|bdc"
    r"|pedidos?|presupuestos?|contratos?|ofertas?|orden(?: de compra)?|propuestas?)"
)
_ORDER = (
    r"(?:orders?|purchase orders?|p\.?o\.?|contracts?|auftrag\w*|bestellung\w*|vertrag|commandes?|bon de commande"
    r"|contrats?|bdc|pedidos?|orden de compra|contratos?)"
)
_DONE = (
    r"(?:(?:counter)?signed|accepted|approved|agreed|confirmed|ordered|won|awarded|given|placed"
    r"|(?:gegen)?(?:unterschrieben|unterzeichnet|gezeichnet)|angenommen|bestätigt|erteilt|freigegeben|beauftragt|akzeptiert|genehmigt|bestellt"
    r"|(?:contre)?signée?s?|acceptée?s?|validée?s?|confirmée?s?|approuvée?s?|passée?s?"
    r"|(?:contra)?firmad[oa]s?|aceptad[oa]s?|aprobad[oa]s?|confirmad[oa]s?|adjudicad[oa]s?|hech[oa])"
)
_ARRIVED = (
    r"(?:received|rec'?d|rcvd|in hand|came in|is in|has arrived|arrived|enclosed|attached|issued|raised|placed|liegt (?:uns )?vor"
    r"|eingegangen|erhalten|ist da|anbei|ausgelöst|reçue?s?|ci-joint\w*"
    r"|émise?|recibid[oa]s?|adjunt[oa]|emitid[oa]|realizad[oa])"
)
ACCEPTS = re.compile(
    rf"(?<!\w){_PAPER}(?!\w)[^;!?]{{0,60}}?(?<!\w){_DONE}(?!\w)"
    rf"|(?<!\w){_DONE}(?!\w)[^;!?,]{{0,30}}?(?<!\w){_PAPER}(?!\w)"
    rf"|(?<!\w){_ORDER}(?!\w)[^;!?]{{0,40}}?(?<!\w){_ARRIVED}(?!\w)|(?<!\w)received (?:the |their |your |a |an )?(?:signed )?{_ORDER}(?!\w)"
    rf"|^\W*{_DONE}(?!\w)|(?<!\w)(?:accord|ok|okay|zusage|einverständnis) (?:du|de la|from|by|vom|von|del|der) (?:the )?(?:client"
    rf"|customer|board|kunden?|direction|kundin|cliente)(?!\w)"
    r"|(?<!\w)(?:go-?ahead|green light|freigabe|zusage|feu vert|visto bueno)(?!\w)[^;]{0,45}?(?:given|received"
    r"|got|erteilt|erhalten|ist da|liegt vor|donné|reçu|dado|recibido)"
    r"|(?<!\w)(?:(?:we|they|customer|client|board|i)(?: \w+){0,2} (?:accept(?:s|ed)?|approved?|agreed?|ordered|signed|confirmed)"
    r"|please go ahead|go ahead|as (?:ordered|agreed)|agreed"
    r"|happy to proceed|please proceed|let's proceed|signed(?! off)|countersigned|wie (?:bestellt|beauftragt|vereinbart)"
    r"|vereinbart\w*|beauftragt|einverstanden|wir (?:bestellen|beauftragen|nehmen)"
    r"|bon pour accord|d'accord|nous acceptons|nous commandons|comme (?:convenu|commandé)|convenu\w*|adelante(?: con)?"
    r"|aceptamos|según lo acordado|acordad[oa]s?|conforme"
    r"|de acuerdo)(?!\w)"
)
_NOT = r"(?:not|never|n't|nicht|noch nicht|nie|kein\w*|pas|jamais|no|aún no|todavía no|sin|without|ohne|yet to be|un)"
NOT_BEFORE = re.compile(rf"(?<!\w){_NOT}(?!\w)[^,;.:]{{0,30}}$|n't (?:\w+ ){{0,2}}$")
_WAITS = (
    r"(?:await\w*|waiting (?:for|on)|wait(?:s)? for|pending|outstanding|still (?:open|out)|to be (?:signed|approved"
    r"|accepted|confirmed)|under review|not yet|yet to"
    r"|wart\w+ (?:noch )?(?:auf)|steht noch aus|ausstehend|noch offen|noch nicht|in prüfung|en attente|pas encore"
    r"|à signer|reste à|pendiente\w*|a la espera|a falta de|aún no|todavía no"
    r"|por firmar|sin firmar|falta (?:la )?(?:firma|aprobación))"
)
_ANSWER = (
    r"(?:signatur\w*|sign\w*|approv\w*|accept\w*|order|po|purchase order|decision|answer|reply|response|confirm\w*|go-?ahead|feedback|word"
    r"|unterschrift\w*|unterschrieben|freigabe|bestellung|zusage|entscheid\w*|rückmeldung|antwort|auftrag\w*|beauftrag\w*|genehmigung|angenommen|zustimmung"
    r"|accord|validation|réponse|décision|commande|signé\w*|validé\w*|firma\w*|aprobación|respuesta|decisión|pedido"
    r"|confirmación|aceptación|visto bueno|aceptad\w*)"
)
WAITING = re.compile(
    rf"(?<!\w){_WAITS}(?!\w)[^;!?]{{0,50}}?(?<!\w){_ANSWER}(?!\w)|(?<!\w){_ANSWER}(?!\w)[^;!?]{{0,25}}?(?<!\w){_WAITS}(?!\w)"
    r"|(?<!\w)(?:would like us to|wants us to|hoping to|if (?:they|we) win|verbal\w*|mündlich\w*|draft|entwurf)(?!\w)"
)
_OFFER = (
    r"(?:quot(?:e|ation)s?|offers?|proposals?|estimate|angebot\w*|kostenvoranschlag|devis|offres?|propositions?"
    r"|presupuestos?|ofertas?|propuestas?)"
)
SENT = re.compile(
    rf"(?<!\w){_OFFER}(?!\w)[^;!?]{{0,45}}?(?<!\w)(?:out|pending|outstanding|unsigned|under review|in review|sent"
    rf"|went out|open|viewed|issued|with (?:the )?(?:customer"
    rf"|client)|submitted|versch?ickt|gesendet|abgegeben|raus|unterwegs"
    r"|offen|liegt (?:\w+ )?vor|liegt beim kunden|gestellt|envoyé|transmis|remis|en cours|enviad[oa]|mandad[oa]"
    r"|abiert[oa]|entregad[oa]|presentad[oa])(?!\w)"
    rf"|(?<!\w)(?:we|i) (?:have )?quoted|(?<!\w)quoted(?! in)(?!\w)|(?<!\w)(?:sent|submitted|issued|verschickt\w*"
    rf"|envoyé|enviado) (?:the |a |our |das |le |el )?{_OFFER}(?!\w)|(?<!\w)(?:wir haben|nous avons|hemos) [^;]{{0,30}}?(?:angeboten"
    rf"|proposé|ofertado|presupuestado)"
)
REFUSED = re.compile(
    r"(?<!\w)(?:reject\w*|declin(?:ed|es)|refus\w*|turned (?:it |this |that |us |the \w+ )?down|said no|too (?:high"
    r"|expensive|dear|much)|withdrawn|cancel+ed|off the table|lost to|lost the"
    r"|expired?|lapsed|no longer valid|superseded|out of date"
    r"|abgelehnt|zu (?:teuer|hoch)|zurückgezogen|storniert|abgelaufen|verfallen|nicht mehr gültig|hinfällig|abgesagt"
    r"|rejeté\w*|trop (?:cher|élevé)\w*|annulé\w*|expiré\w*|périmé\w*|caduc|caduque|plus valable|retiré\w*"
    r"|rechazad\w*|rechazó|rechazaron|demasiado (?:caro|alto)|cancelad\w*|anulad\w*|caducad\w*|caducó|vencid\w*|venció|ya no es válid\w*)(?!\w)"
)
_IF = (
    r"(?:if|provided|subject to|unless|depends on|depending on|wenn|falls|sofern|vorbehaltlich|abhängig|hängt|unter vorbehalt"
    r"|si|sous réserve|à condition"
    r"|siempre que|sujeto a|a condición|depende)"
)
_ONCE = r"(?:once|as soon as|when|until|after|sobald|nachdem|dès que|dès|lorsque|quand|après que|en cuanto|cuando|una vez que)"
_APPROVES = (
    r"(?:approv\w*|agree[sd]?|signs?|signed|signing|confirms?|has met|have met|meets|decid\w*|sign-?off|consent\w*"
    r"|grants?|funding|zustimm\w*|zugestimmt|freigeb\w*|freigibt"
    r"|freigegeben|freigabe|genehmig\w*|unterschreib\w*|unterschr\w*|beschl\w*|getagt|entscheid\w*|entschieden|bewillig\w*|zusag\w*|accord\w*|valid\w*|approuv\w*"
    r"|signé\w*|signe|décid\w*|réuni\w*|apruebe\w*|aprueb\w*|aprob\w*|firme\w*|firm\w*|confirme\w*|acepte\w*|decid\w*|reúna\w*)"
)
_GOES_AHEAD = (
    r"(?:go(?:es)? ahead|proceeds?|accepts?|orders?|says? yes|wins?|beauftrag\w*|bestell\w*|annimmt|annehmen|accepte\w*"
    r"|command\w*|encarg\w*|acepta\w*)"
)
CONDITIONAL = re.compile(
    rf"(?<!\w)(?:(?:{_IF}|{_ONCE})(?!\w)[^;!?]{{0,60}}?(?<!\w){_APPROVES}|{_IF}(?!\w)[^;!?]{{0,40}}?(?<!\w){_GOES_AHEAD})(?!\w)"
)
_OF_SALE = (
    r"(?:quot\w*|offers?|orders?|contract|price|proposal|budget|po|purchase|sow|statement|agreement|project|job|work|deal|customer|client|board|ceo|cfo|management"
    r"|directors?|boss|committee|council|trustees|finance|procurement|angebot\w*|auftrag\w*|vertrag\w*|preis\w*|kund\w*|geschäfts\w*|vorstand\w*|chef\w*|stiftung\w*"
    r"|devis|commande|contrat|prix|projet|direction|conseil|presupuesto|pedido|contrato|precio|proyecto|cliente|dirección|junta|oferta|them|him|her|us|this|it)"
)
WAITS_FOR_OTHER = re.compile(
    rf"\s(?:of|for|on|to|zum|zur|für|pour|de|du|des|de la|para)\s(?:the |a |an |their |our |der |dem |den |das |die "
    rf"|la |le |les |el |los )?(?!{_OF_SALE}(?!\w))\w"
)
"""Behind what is waited for: the approval of a floor plan is not that of the sale."""
OTHER_SUBJECT = re.compile(
    r"(?<!\w)(?:options?|optional\w*|variante?s?|alternativ\w*|second|further|additional|another|other|weitere\w*|zweite\w*|zusätzlich\w*|autres?|deuxième|segund\w*|otr[oa]s?|opción)(?!\w)"
)
NOT_ORDERED = re.compile(
    r"(?<!\w)(?:not (?:retained|ordered|wanted|taken|included|required|needed|part|chosen|selected|accepted)|(?:is"
    r"|are|was) out|left out|dropped|without|declin\w*|reject\w*|refus\w*|no longer|nicht (?:beauftragt|bestellt"
    r"|gewünscht|genommen|gewählt|enthalten|angenommen)|entfällt|ohne|abgelehnt|n'est pas (?:retenue?|commandée?"
    r"|prise?|souhaitée?)|non (?:retenue?s?|commandée?s?|comprise?s?)|pas retenue?|sans|refusée?"
    r"|no (?:contratad[oa]|incluid[oa]|aceptad[oa]|pedid[oa]|elegid[oa]|se contrata|se incluye|se pide)|sin|rechazad\w*|descartad\w*)(?!\w)"
)
FIXED = re.compile(
    r"(?<!\w)(?:(?:fix(?:ed)?|flat|firm|set)[ -](?:prices?d?|fees?|cost|sum|amount)|lump[ -]sum|\w*festpreis\w*"
    r"|fixpreis\w*|pauschal\w*|zum festen preis|forfait\w*|prix (?:ferme|fixe|forfaitaire)"
    r"|precio (?:cerrado|fijo)|tanto alzado)(?!\w)"
)
AS_QUOTED = re.compile(
    r"(?<!\w)(?:as (?:quoted|offered|per (?:the |our |your )?(?:quote|offer|proposal|sow|attachment))|per (?:quote"
    r"|offer)|price[ds]? (?:as )?(?:in|per) (?:the )?(?:quote|table|attachment|offer)|see (?:the )?(?:quote|attachment"
    r"|table)"
    r"|laut (?:angebot|anlage)|gemäß (?:angebot|anlage)|wie (?:angeboten|im angebot)|(?:selon|suivant|comme) (?:le "
    r"|notre |votre )?(?:devis|offre)|según (?:el |nuestro )?(?:presupuesto|oferta)|como en el presupuesto)(?!\w)"
)
BY_TIME = re.compile(
    r"(?<!\w)(?:time (?:and|&|\+|und) materials?|t ?& ?m|nach (?:zeit)?aufwand|auf (?:stunden|zeit)basis|au temps passé"
    r"|en régie|por horas|tiempo y material\w*|by the hour|hourly basis|on an hourly|(?:usual|standard|normal|regular"
    r"|list|our) (?:hourly )?rates?"
    r"|(?:üblichen?|regulären?|gewohnten?) (?:stunden)?sätzen?|tarifs? (?:habituels?|horaires? habituels?)|tarifas? (?:habitual\w*"
    r"|normal\w*)|billed by time|charged by time|per hour worked)(?!\w)"
)
NO_CHARGE = re.compile(
    r"(?<!\w)(?:no[ -]charge|free of charge|without (?:any )?charge|(?:not|n't) (?:be )?(?:charge(?:[ds]|able)?|billable|bill(?:ed)?"
    r"|invoice[ds]?)|(?:do not|don't) (?:charge|bill|invoice)|nothing (?:to|will be|is|gets) (?:be )?(?:bill|invoic"
    r"|charg|pay)\w*|at no (?:extra |further )?cost"
    r"|f\.?o\.?c|complimentary|good-?will|gratis|non-?billable|unbillable|on the house|we (?:carry|bear|cover|absorb) (?:this"
    r"|the cost|the costs|it)|at our (?:own )?(?:cost|expense)|for free|(?:is|are|goes|this one's) on us|no (?:invoice"
    r"|bill) (?:to|for)|nobody (?:is|gets) (?:billed|invoiced|charged)"
    r"|kostenlos\w*|kostenfrei\w*|unentgeltlich|ohne berechnung|nicht (?:berechne\w*|verrechne\w*|abgerechnet)|wird nicht in rechnung"
    r"|keine (?:berechnung|rechnung)|kulanz\w*|auf (?:unsere|eigene) kosten|zu unseren lasten"
    r"|gratuit\w*|sans frais|rien à facturer|non factur\w*|(?:pas|ne sera pas|n'est pas) facturée?s?|pas de facturation"
    r"|aucune facturation|ne pas facturer"
    r"|geste commercial|à (?:nos|notre) (?:propres? )?(?:frais|charge)|offert\w*"
    r"|sin (?:cargo|coste|costo)|gratuit[oa]\w*|no se (?:factura|cobra)\w*|no facturable|no (?:facturar|cobrar)"
    r"|nada que facturar|a nuestr[oa] (?:cargo|costa|coste)|cortesía)(?!\w)"
)
WARRANTY = re.compile(
    r"(?<!\w)(?:(?:under|covered by|in|within) (?:the |its |our )?(?:warranty|guarantee)|warranty (?:work|job|repair"
    r"|replacement|claim|case|rework)|rework under|garantiefall|(?:auf|unter|in) (?:der )?(?:garantie|gewährleistung)"
    r"|gewährleistungs\w+|garantiearbeit\w*|sous garantie"
    r"|en garantía|bajo garantía|dentro de (?:la )?garantía|reprise sous garantie)(?!\w)"
)
INTERNAL = re.compile(
    r"^\W*(?:internal|intern|interne|interno)\s?[:–-]|(?<!\w)(?:internal(?:ly)? (?:project|work|job|task|ticket"
    r"|initiative|order|only)|interne[snr]? (?:projekt"
    r"|arbeit|auftrag|aufgabe|vorhaben)|internes projekt|projet interne|travail interne|travaux internes|trabajo interno"
    r"|proyecto interno|tarea interna"
    r"|for ourselves|für uns selbst|pour nous-mêmes|para nosotros mismos)(?!\w)"
)
LIMITED = re.compile(
    r"(?<!\w)(?:travel\w*|training|delivery|shipping|parking|expenses|extras?|first|on top|spare|survey of|anfahrt\w*"
    r"|reise\w*|schulung|lieferung|erste\w*|déplacement\w*|formation|livraison|premi\w+|desplazamient\w*|viajes?"
    r"|formación|envío|primer\w*|disposal|entsorgung"
    r"|recyclage|support (?:after|for)|hypercare|follow-?up)(?!\w)"
)
NOT_COVERED = re.compile(
    r"(?<!\w)(?:not (?:part of|covered by|under|in|within|included in) (?:the |our |their )?(?:\w+ )?(?:support "
    r"|service |managed )?(?:contract|agreement|plan|cover)|outside (?:the |of the )?(?:\w+ )?(?:contract|agreement)"
    r"|(?:nicht|kein) (?:teil|bestandteil) des \w*vertrag\w*"
    r"|außerhalb des \w*vertrag\w*|hors contrat|pas (?:couvert|compris)\w* (?:par|dans) le contrat|fuera del contrato"
    r"|no (?:cubiert|incluid)\w* (?:por|en) el contrato|chargeable|billable|on top of the (?:contract|agreement))(?!\w)"
)
CONFIDENTIAL = re.compile(
    r"(?<!\w)(?:confidential|strictly private|nothing (?:may|must|should) (?:show|appear)|must not (?:show|appear)"
    r"|not (?:be )?(?:visible|shown) in the (?:customer )?portal|hidden from|vertraulich\w*|streng geheim|darf nicht (?:sichtbar"
    r"|erscheinen)|confidentiel\w*|ne doit pas apparaître"
    r"|confidencial\w*|no debe (?:aparecer|verse))(?!\w)"
)
