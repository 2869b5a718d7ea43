# ruff: noqa: E501 - the lists are data; a phrase table is read by column, not by line
"""Words that pages use around their articles, in English, German, French, Spanish, Portuguese, Italian and Arabic.

Every phrase is compared folded (lower case, no accents) and without punctuation at its edges. A whole
line must match, or begin as a pattern says: prose that merely contains such words is left alone.
"""

from __future__ import annotations

import re
import unicodedata

from briefing.text import fold


def _months() -> dict[str, int]:
    names = """
    january|jan|januar|janner|jaenner|janvier|janv|enero|ene|janeiro|gennaio|gen|januari|يناير|كانون الثاني
    february|feb|februar|fevrier|fevr|febrero|fevereiro|fev|febbraio|februari|فبراير|شباط
    march|mar|marz|maerz|mrz|mars|marzo|marco|maart|mrt|مارس|آذار
    april|apr|avril|avr|abril|abr|aprile|أبريل|نيسان
    may|mai|mayo|maio|maggio|mag|mei|مايو|أيار
    june|jun|juni|juin|junio|junho|giugno|giu|يونيو|حزيران
    july|jul|juli|juillet|juil|julio|julho|luglio|lug|يوليو|تموز
    august|aug|aout|agosto|ago|augustus|أغسطس|آب
    september|sep|sept|septembre|septiembre|setembro|set|settembre|سبتمبر|أيلول
    october|oct|oktober|okt|octobre|octubre|outubro|out|ottobre|ott|أكتوبر
    november|nov|novembre|noviembre|novembro|نوفمبر
    december|dec|dezember|dez|decembre|diciembre|dic|dezembro|dicembre|ديسمبر
    """
    rows = [row for row in names.strip().splitlines() if row.strip()]
    return {fold(name.strip()): number for number, row in enumerate(rows, 1) for name in row.split("|")}


MONTHS = _months()

_WHOLE = {
    "comment-form": """
        your comment|your comments|comment|comments|no comments|no comment yet|leave a comment|leave a reply|post a comment
        post comment|add a comment|add comment|write a comment|view comments|view all comments|show comments|hide comments
        see comments|load comments|join the conversation|join the discussion|you are replying to|captcha|cancel reply|reply
        submit|submit comment|send|name|your name|email|e-mail|your email|website|required fields are marked
        your email address will not be published|be the first to comment|log in to comment|sign in to comment
        comments are closed|comments are disabled|show conversation|report comment|conversation|what do you think
        kommentar|kommentare|kommentieren|kommentar schreiben|kommentar verfassen|ihr kommentar|antworten|diskutieren sie mit
        alle kommentare|alle kommentare anzeigen|kommentare anzeigen|jetzt kommentieren|commentaires|commentaire
        laisser un commentaire|votre commentaire|ajouter un commentaire|voir les commentaires|repondre|reagir|lire les commentaires
        comentarios|comentario|deja un comentario|deje su comentario|dejar un comentario|tu comentario|comentar|responder
        comentarios|deixe um comentario|commenti|lascia un commento|commenta|تعليق|تعليقات|التعليقات|أضف تعليق|أضف تعليقا
        اترك تعليقا|تعليقك|أنت ترد على""",
    "share-button": """
        share|share this|share this article|share this story|share this post|share article|share on facebook|share on twitter
        share on x|share on linkedin|share on whatsapp|share on email|share via email|share via|share with|share link|sharing
        show more sharing options|share options|tweet|retweet|post|pin|pin it|like|likes|print|print this|print article|email this
        email this article|email article|facebook|twitter|x|x.com|linkedin|linked in|whatsapp|telegram|reddit|pinterest|instagram
        youtube|tiktok|threads|bluesky|mastodon|flipboard|messenger|viber|tumblr|pocket|xing|copy|copy link|copy url|copied
        link copied|url copied|copy link url copied|save|saved|save article|save for later|bookmark|bookmark article|gift
        gift this article|listen|listen to this article|listen to article|listen now|play|pause|download|embed|close|menu
        teilen|artikel teilen|drucken|merken|artikel merken|per e-mail teilen|auf facebook teilen|auf twitter teilen|weiterleiten
        vorlesen|anhoren|link kopieren|artikel anhoren|partager|partager sur facebook|partager sur twitter|imprimer|envoyer
        copier le lien|enregistrer|offrir|ecouter|compartir|compartir en facebook|compartir en twitter|imprimir|guardar|enviar
        copiar enlace|escuchar|compartilhar|condividi|stampa|مشاركة|شارك|شارك المقال|طباعة|نسخ الرابط|تويتر|فيسبوك|واتساب""",
    "subscription": """
        subscribe|subscribe now|subscribe today|sign up|sign up now|sign in|log in|login|log out|register|register now|my account
        newsletter|newsletters|get the newsletter|join our newsletter|subscribe to our newsletter|sign up for our newsletter
        already a subscriber|become a member|donate|donate now|support us|support our journalism|thank you for subscribing
        enter your email|enter your email address|your email address|email address|invalid email|thanks for signing up
        get the app|download the app|download our app|push notifications|enable notifications|turn on notifications
        anmelden|registrieren|abonnieren|jetzt abonnieren|newsletter abonnieren|abo|jetzt anmelden|zum newsletter anmelden
        s'abonner|je m'abonne|abonnez-vous|se connecter|connexion|inscrivez-vous|s'inscrire|suscribete|suscribirse|iniciar sesion
        registrate|assine|iscriviti|abbonati|accedi|اشترك|اشترك الآن|تسجيل الدخول|النشرة البريدية""",
    "advertisement": """
        advertisement|advertisements|advertising|ad|ads|sponsored|sponsored content|paid content|partner content|promoted
        promoted content|paid post|continue reading the main story|story continues below advertisement|story continues below
        article continues below|article continues after advertisement|advertisement - scroll to continue|skip advertisement
        skip ad|scroll to continue with content|story continues|close ad|report ad|feedback|from our partners|anzeige|werbung
        publicite|publicidad|anuncio|publicidade|pubblicita|advertentie|reklama|reklam|annonce|إعلان|إعلانات""",
    "related": """
        read more|read also|also read|read next|see also|see more|more|more news|more stories|more on this|more on this story
        more from|learn more|related|related articles|related article|related stories|related story|related news|related content
        related topics|related posts|related coverage|related tags|recommended|recommended for you|recommended stories
        you may like|you might like|you may also like|you might also like|you might also be interested in|editor's picks
        editors' picks|most read|most popular|most viewed|trending|trending now|popular|popular now|latest|latest news
        latest stories|top stories|top news|breaking news|in this article|in this story|topics|tags|keywords|next article
        previous article|next story|next|previous|next post|previous post|up next|continue reading|show more|load more|view more
        view all|see all|show less|read full story|read the full story|full story|click here|back to top|go to top|home|search
        watch|watch now|watch live|watch more|watch video|photos|video|videos|gallery|view gallery|live updates|follow|following
        follow us|follow us on|follow topics|follow this topic|contact us|about us|skip to content|skip to main content
        mehr|mehr lesen|weiterlesen|lesen sie auch|lesen sie mehr|lesen sie weiter|mehr zum thema|auch interessant|das konnte sie auch interessieren
        empfohlen|meistgelesen|beliebt|verwandte artikel|themen|schlagworte|zum thema|mehr dazu|lire aussi|lire la suite
        a lire aussi|a lire|voir aussi|en savoir plus|sur le meme sujet|articles lies|les plus lus|plus d'articles|a la une
        leer mas|lea tambien|lee tambien|ver mas|ver tambien|te puede interesar|mas noticias|noticias relacionadas|lo mas leido
        mas leidas|temas|etiquetas|leia mais|leia tambien|veja tambem|leggi anche|leggi tutto|اقرأ أيضا|اقرأ المزيد|المزيد
        الأكثر قراءة|مواضيع ذات صلة|أخبار ذات صلة|شاهد أيضا|كلمات دلالية""",
    "cookie-notice": """
        accept|accept all|accept cookies|accept all cookies|reject all|reject|manage cookies|manage preferences|cookie settings
        cookie policy|cookie preferences|cookies|we use cookies|privacy|privacy policy|privacy settings|privacy notice|i agree|i accept
        got it|agree|terms of use|terms of service|terms and conditions|terms & conditions|do not sell my personal information
        your privacy choices|alle akzeptieren|akzeptieren|ablehnen|datenschutz|cookie-einstellungen|impressum|agb
        tout accepter|accepter|refuser|parametrer|politique de confidentialite|aceptar|aceptar todo|rechazar|configurar
        politica de privacidad|politica de cookies|سياسة الخصوصية""",
    "copyright": """
        all rights reserved|alle rechte vorbehalten|tous droits reserves|todos los derechos reservados
        todos os direitos reservados|tutti i diritti riservati|جميع الحقوق محفوظة|copyright""",
}

_PATTERNS = {
    "news-code": r"(?:news|story|article|document|item)[ -]?(?:code|id|number|no|ref)\b\W*[\w-]*\d[\w-]*",
    "comment-form": (
        r"you are replying to\b.{0,60}|\d+ (?:comments?|kommentare?|commentaires?|comentarios?|replies|تعليق\w*)"
        r"|(?:enter|type) the (?:code|characters|letters)\b.{0,80}|your e-?mail address will not be\b.{0,120}"
        r"|(?:sign|log) in (?:or \w+ )?to (?:leave|post|write|join)\b.{0,80}|required fields are marked.{0,5}"
        r"|save my name, e-?mail.{0,120}|comments? \(?\d+\)?|notify me of (?:new|follow).{0,80}"
    ),
    "share-button": (
        r"(?:click (?:here )?to |please )?share (?:this|on|via|with|to)\b.{0,60}|\d[\d.,]*\s?[km]? (?:shares?|likes?|views?|retweets?|claps?|reads?)"
        r"|(?:email|print|bookmark|gift|listen to|save|copy|send) (?:this|a link|the link)\b.{0,50}|opens? in (?:a )?new (?:window|tab)"
        r"|(?:share|facebook|twitter|linkedin|e-?mail|print|whatsapp|reddit|tweet|pinterest|telegram|copy link|save|x|instagram|youtube)"
        r"(?:[\s|/,·•]+(?:and |on )?(?:share|facebook|twitter|linkedin|e-?mail|print|whatsapp|reddit|tweet|pinterest|telegram|copy link|save|x|instagram|youtube))+"
        r"|listen\W+\d.{0,12}|\d+ min(?:ute)?s?(?: read| listen)?|reading time.{0,15}|estimated (?:read|reading) time.{0,15}"
    ),
    "subscription": (
        r"(?:click here|tap here|sign up|subscribe|register)\b.{0,30}\b(?:to|for|now|today|here)\b.{0,110}"
        r"|(?:get|receive) (?:the |our |your |all )?(?:(?:day|week)['’]s )?(?:latest|top|best|breaking|daily|morning|weekly|free|news|must-read).{0,70}\b(?:inbox|newsletter|email|e-mail|app|alerts?)\b.{0,40}"
        r"|follow (?:us|me|him|her|them|@?\w+(?: \w+){0,3}) (?:on|at|via) .{1,80}|like us on\b.{0,60}|join us on\b.{0,60}"
        r"|(?:already|not) (?:a |an )?(?:subscriber|member|registered)\b.{0,60}|download (?:the|our) .{0,40}\bapp\b.{0,60}"
        r"|this article (?:is|was) (?:only )?(?:for|reserved for|available to) (?:our )?(?:subscribers|members)\b.{0,60}"
        r"|abonnieren sie .{0,80}|abonnez-vous .{0,80}|suscribete .{0,80}|تابعونا على.{0,60}|اشترك في.{0,80}"
        r"|inscrivez-vous .{0,80}|folgen sie .{0,60}|siguenos en .{0,60}|suivez-nous .{0,60}"
    ),
    "advertisement": r"(?:story|article|content) continues (?:below|after).{0,40}|advertisement\b.{0,30}|this (?:ad|advertisement) .{0,60}|anzeige\b.{0,12}",
    "related": (
        r"(?:also read|read also|read more|read next|see also|more from|related|recommended|watch|watch now|don't miss|read|trending|popular"
        r"|lire aussi|a lire aussi|lesen sie auch|mehr zum thema|auch interessant|lea tambien|lee tambien|leia tambem|leggi anche|اقرأ أيضا|اقرأ المزيد)"
        r"\s?[:>»|–—].{0,160}|(?:click|tap) here (?:to|for)\b.{0,90}|(?:topics|tags|keywords|filed under|themen|schlagworte|temas)\s?:.{0,200}"
        r"|(?:continue|keep) reading.{0,40}|read the (?:full|original|whole) (?:story|article|text).{0,50}|page \d+ of \d+|\d+ of \d+"
    ),
    "cookie-notice": (
        r"(?:we|this (?:web)?site|our (?:web)?site|by (?:using|continuing|clicking))\b.{0,120}\bcookies?\b.{0,200}"
        r"|diese (?:web)?seite .{0,60}cookies.{0,200}|.{0,40}utilise(?:nt)? des cookies.{0,200}|.{0,40}utiliza(?:mos)? cookies.{0,200}"
    ),
    "copyright": (
        r"(?:©|\(c\)|copyright\s?(?:©|\(c\)|\d{4})).{0,200}"
        r"|.{0,120}\b(?:all rights reserved|alle rechte vorbehalten|tous droits reserves|todos los derechos reservados)\b.{0,120}"
    ),
}

# A credit naming an agency tells where a text comes from, so it is never taken for furniture.
AGENCIES = (
    "Reuters|AFP|AP|Associated Press|The Associated Press|Agence France-Presse|dpa|DPA|EFE|ANSA|TASS|Interfax|Xinhua|Kyodo"
    "|Bloomberg|UPI|PTI|ANI|IANS|Anadolu|Anadolu Agency|SANA|IRNA|Yonhap|PA Media|Press Association|Canadian Press"
    "|The Canadian Press|AAP|SDA|Keystone-SDA|APA|Belga|ANP|NTB|Ritzau|CTK|PAP|MTI|Lusa|Europa Press|KNA|epd|RIA Novosti"
)

_WALLS = {
    "needs JavaScript": (
        r"(?:enable|activate|turn on|requires?|need) javascript|javascript (?:is|must be|seems to be|has been|to be) (?:\w+ )?"
        r"(?:disabled|enabled|required|turned off)|javascript (?:aktivieren|deaktiviert)|activer javascript|habilit\w+ javascript"
        r"|checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|just a moment|are you a robot"
    ),
    "consent-wall": (
        r"(?:accept|reject|agree to|manage|consent to)\b.{0,40}\bcookies|before you continue|we value your privacy|we care about your privacy"
        r"|we and our \d* ?partners|cookies? (?:zustimmen|akzeptieren)|mit werbung (?:weiterlesen|lesen)|zustimmung"
        r"|accepter (?:et|les cookies)|continuer sans accepter|aceptar (?:y continuar|las cookies|cookies)|your consent"
    ),
    "paywall-stub": (
        r"subscribe (?:now )?(?:to|for)\b.{0,40}(?:read|continue|unlock|access|article|story)|(?:to )?(?:continue|keep) reading"
        r"|already (?:a |an )?(?:subscriber|member)|for subscribers|subscribers? only|subscriber-only|exclusive to subscribers|unlock this article|members only"
        r"|this article is (?:for|reserved|available)|(?:log|sign) in to (?:read|continue)|register to (?:read|continue)|start your (?:free )?trial"
        r"|bereits abonnent|jetzt weiterlesen|nur fur abonnenten|mit abo lesen|weiterlesen mit|reserve aux abonnes|article reserve|deja abonne"
        r"|solo para suscriptores|ya eres suscriptor|contenido exclusivo|per abbonati|للمشتركين فقط"
    ),
}


def _compiled(pattern: str) -> re.Pattern[str]:
    # `fold` would turn \\W into \\w; only the accents have to go.
    return re.compile("".join(c for c in unicodedata.normalize("NFKD", pattern) if not unicodedata.combining(c)))


def _table() -> dict[str, str]:
    rows = ((reason, row) for reason, text in _WHOLE.items() for row in text.replace("\n", "|").split("|"))
    return {fold(row.strip()): reason for reason, row in rows if row.strip()}


WHOLE_LINES = _table()
PATTERNS = tuple((reason, _compiled(pattern)) for reason, pattern in _PATTERNS.items())
WALL_PATTERNS = tuple((reason, _compiled(pattern)) for reason, pattern in _WALLS.items())
