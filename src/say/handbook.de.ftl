
# Bedingungen und Werte als Sätze, wie das Handbuch sie sagt.
placeholder = [{ $name }]
placeholder-amount = Betrag
placeholder-limit = Grenze
placeholder-left = Rest
quoted = „{ $text }“
actor-id = die Kennung der gewährenden Person
actor-team = das Team der gewährenden Person
amount-asked = der Betrag
quantity-asked = die Menge
today = heute
now = jetzt
always = immer
never = nie
not-so = nicht: { $condition }
flag-yes = { $fact } trifft zu
flag-no = { $fact } trifft nicht zu
asked-yes = { $fact }: ja
asked-no = { $fact }: nein
table-yes = { $table } sagt ja
table-no = { $table } sagt nein
present-yes = { $fact } liegt vor
present-no = { $fact } liegt nicht vor
equal = { $left } ist { $right }
not-equal = { $left } ist nicht { $right }
less = { $left } ist weniger als { $right }
at-most = { $left } ist höchstens { $right }
greater = { $left } ist mehr als { $right }
at-least = { $left } ist mindestens { $right }
point-equal = { $left } ist { $right }
point-not-equal = { $left } ist nicht { $right }
point-less = { $left } ist früher als { $right }
point-at-most = { $left } ist nicht später als { $right }
point-greater = { $left } ist später als { $right }
point-at-least = { $left } ist nicht früher als { $right }
one-of = { $left } ist { $list }
none-of = { $left } ist nichts davon: { $list }
between = { $value } liegt zwischen { $low } und { $high }, beide Enden eingeschlossen
not-between = { $value } liegt nicht zwischen { $low } und { $high }
includes-any = { $set } enthält { $list }
includes-none = { $set } enthält nicht { $list }
includes-all = { $set } enthält { $list }
includes-not-all = { $set } enthält nicht zugleich { $list }
starts-with = { $text } beginnt mit { $pattern }
starts-not-with = { $text } beginnt nicht mit { $pattern }
ends-with = { $text } endet mit { $pattern }
ends-not-with = { $text } endet nicht mit { $pattern }
contains = { $text } enthält { $pattern }
contains-not = { $text } enthält nicht { $pattern }
distance-at-most = höchstens { $steps }
distance-more-than = mehr als { $steps }
distance-at-least = mindestens { $steps }
clock-after = { $anchor } ist { $distance } her
clock-before = { $anchor } ist erst in { $distance }
clock-before-within = { $anchor } ist schon in { $distance }
point-after = { $subject } liegt { $distance } nach: { $anchor }
point-before = { $subject } liegt { $distance } vor: { $anchor }
all-of = alles davon trifft zu
any-of = mindestens eines davon trifft zu
nothing-of = nichts davon trifft zu
not-all-of = nicht alles davon trifft zu
value-of = der Wert aus { $table }
spent-of-budget = der bisherige Verbrauch von { $budget }
smallest-of = das Kleinste von: { $list }
largest-of = das Größte von: { $list }
share-of = { $share } von { $whole }
negative = minus { $value }
times-word = mal
over-word = geteilt durch
plus-word = plus
minus-word = minus
time-since = die Zeit seit { $from }
time-until = die Zeit bis { $to }
time-between = die Zeit von { $from } bis { $to }
rounded-half = { $value }, gerundet auf { $step }
rounded-up = { $value }, aufgerundet auf { $step }
rounded-down = { $value }, abgerundet auf { $step }
number-of = die Zahl der { $units } von { $from } bis { $to }
units-minute = Minuten
units-hour = Stunden
units-day = Tage
units-working-day = Arbeitstage
units-week = Wochen
units-month = Monate
units-year = Jahre
start-of = der erste Tag { $period } von { $date }
end-of = der letzte Tag { $period } von { $date }
of-day = des Tages
of-week = der Woche
of-month = des Monats
of-quarter = des Quartals
of-year = des Jahres
days-in-month = die Zahl der Tage im Monat von { $date }

# Das Handbuch.
handbook-title = Handbuch: { $policy }
handbook-title-role = Handbuch für { $role }: { $policy }
handbook-stand = Stand: { $day } · Fassung { $version }
handbook-intro = Dieses Handbuch ist aus den Regeln selbst geschrieben. Wo es kürzer ist als eine Regel, gilt die Regel.
handbook-contents = Inhalt
handbook-roles = Wer was darf
handbook-stands-above = Diese Rolle steht über: { $roles }. Was jene dürfen, darfst du auch.
handbook-stands-below = Über dieser Rolle stehen: { $roles }. Was jenen verboten ist, ist auch dir verboten.
handbook-answers = Diese Rolle entscheidet innerhalb von { $steps }, was ihr gebracht wird.
handbook-own-nothing = Das kannst du nicht selbst gewähren.
handbook-you-may = Das darfst du gewähren
handbook-you-owe = Das steht dem Kunden zu, wer auch gefragt wird
handbook-you-may-not = Das darfst du nicht gewähren
handbook-you-ask = Wen du fragen kannst, wenn das nicht reicht
handbook-instead = Wenn es nicht geht
handbook-up-to = höchstens { $limit }
handbook-no-limit = ohne Obergrenze
handbook-every-case = in jedem Fall
handbook-not-granted = nichts davon
handbook-not-more = nicht mehr als { $limit }
handbook-of = { $limit }
handbook-some-cases = in bestimmten Fällen
handbook-with = mit Zustimmung von { $roles }
handbook-from-role = übernommen von { $role }
handbook-flows-down-from = weil es { $role } verboten ist
handbook-everyone-rule = gilt für alle
handbook-answers-short = antwortet innerhalb von { $steps }
handbook-row = Zeile { $row }
handbook-nobody = Was niemand darf
handbook-owed = Was dem Kunden zusteht
handbook-rules = Die Regeln
handbook-tables = Die Tabellen
handbook-fallbacks = Wenn es nicht geht
handbook-budgets = Die Budgets
handbook-duties = Die Pflichten
handbook-definitions = Was die Wörter bedeuten
handbook-lookups = Werte aus Tabellen
handbook-facts = Was du wissen musst
every-role = Jede Rolle
rule-may-limit = { $n ->
    [one] { $who } darf gewähren: { $what }, höchstens { $limit }.
   *[other] { $who } dürfen gewähren: { $what }, höchstens { $limit }.
}
rule-may-unlimited = { $n ->
    [one] { $who } darf ohne Obergrenze gewähren: { $what }.
   *[other] { $who } dürfen ohne Obergrenze gewähren: { $what }.
}
rule-may = { $n ->
    [one] { $who } darf gewähren: { $what }.
   *[other] { $who } dürfen gewähren: { $what }.
}
rule-owed-limit = Der Kunde hat Anspruch auf: { $what }, { $limit }.
rule-owed-unlimited = Der Kunde hat ohne Obergrenze Anspruch auf: { $what }.
rule-owed = Der Kunde hat Anspruch auf: { $what }.
rule-nobody = Niemand darf gewähren: { $what }.
rule-nobody-more = Niemand darf mehr als { $limit } gewähren: { $what }.
rule-not = { $n ->
    [one] { $who } darf nicht gewähren: { $what }.
   *[other] { $who } dürfen nicht gewähren: { $what }.
}
rule-not-more = { $n ->
    [one] { $who } darf nicht mehr als { $limit } gewähren: { $what }.
   *[other] { $who } dürfen nicht mehr als { $limit } gewähren: { $what }.
}
rule-no-cap = Hier gilt keine Obergrenze: { $what }.
rule-flows-up = Das dürfen auch die Rollen darüber: { $roles }.
rule-flows-down = Das gilt auch für die Rollen darunter: { $roles }.
rule-even = Das gilt auch dann, wenn der Kunde Anspruch darauf hat.
rule-not-even = Worauf der Kunde Anspruch hat, bleibt davon unberührt.
rule-if = Nur wenn
rule-if-all = Nur wenn alles davon zutrifft
rule-from = In Kraft ab { $day }.
rule-until = In Kraft bis { $day }, diesen Tag eingeschlossen.
rule-from-by = Nur wenn dieses Datum nicht vor dem { $day } liegt: { $date }.
rule-until-by = Nur wenn dieses Datum nicht nach dem { $day } liegt: { $date }.
rule-approved = Außerdem muss zustimmen, jeweils eine weitere Person: { $roles }.
rule-charges = Zählt für
rule-charge-once = einmal
rule-charge-granted = das Gewährte
rule-charge-percent = der gewährte Prozentsatz von { $whole }
rule-charge-per = das Gewährte mal { $factor }
rule-charge-fixed = { $value } je Gewährung
rule-requires = Pflicht
rule-because = Begründung
rule-offer = Stattdessen anbieten
rule-advice = Rat
rule-ask = Fragen
rule-ask-within = { $role }, innerhalb von { $steps }
rule-cites = Quelle
rule-owner = Verantwortlich
rule-review = Zu überprüfen bis { $day }.
rule-stands-in = Steht in { $place }.
clause-if = nur wenn
clause-if-all = nur wenn alles davon zutrifft
fallback-for = Wenn das nicht gewährt wird: { $what }
table-row = Nr.
table-head = Was
table-when = Wenn
table-clauses = Dazu
table-value = Wert
table-role = Rolle
table-allotment = Kontingent
table-every-row = Für jede Zeile gilt
budget-counted = Wird gezählt { $window }, getrennt nach: { $keys }.
budget-counted-all = Wird gezählt { $window }, für alle zusammen.
budget-key-actor = Person, die gewährt
budget-key-team = Team
budget-times = { $n ->
    [one] einmal
   *[other] { $count }-mal
}
budget-unlimited = unbegrenzt, nur vermerkt
window-day = je Tag
window-week = je Woche
window-month = je Monat
window-quarter = je Quartal
window-year = je Jahr
window-year-from = je Jahr ab { $day }
window-rolling = über die letzten { $steps }
window-ever = ein für alle Mal
duty-within = Spätestens { $steps } nach der Gewährung.
duty-within-after = Spätestens { $steps } danach: { $point }.
fact-asks = Frage: { $question }
fact-values = Möglich: { $values }
fact-verified = Zählt nur, wenn es im System steht.
fact-default = Ohne Angabe: { $value }
fact-optional = Kann fehlen.
