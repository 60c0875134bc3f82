"""The public pages of products: whoever wants one reads, downloads, and may tell us what came of it.

A download counts one up on its day and a use that was told is written down; nothing is kept about who it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import django_tables2 as tables
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from django_tables2 import RequestConfig

from jwp.core.access import ANYONE, ActorRequest, open_to, visible_or_404
from jwp.core.forms import attempt
from jwp.evidence.access import visible_documents, visible_products, visible_uses
from jwp.evidence.actions import count_download, tell_use
from jwp.evidence.files import path_of
from jwp.evidence.forms import UseForm
from jwp.evidence.models import Document, Product
from jwp.evidence.tables import ProductFilter, ProductTable, by_month, language_name, with_counts
from jwp.evidence.views.products import export_address
from jwp.partners.tables import as_csv
from jwp.site.content import Clean
from jwp.site.reading import no_names
from jwp.site.views import kept, page

PER_PAGE = 50
USES_SHOWN = 20


class PublicProductTable(ProductTable):
    title = tables.TemplateColumn(
        """<a href="{% url 'public_product' record.ref %}{{ q }}" lang="{{ record.language }}" """
        """dir="auto">{{ record.title }}</a>""",
        order_by=("title", "pk"),
    )

    class Meta(ProductTable.Meta):
        exclude = ("public",)

    def value_title(self, record: Product) -> str:
        return record.title


@dataclass(frozen=True)
class PublicUse:
    by: str
    on: date
    place: str
    how: str


@open_to(ANYONE)
@require_safe
def products(request: ActorRequest) -> HttpResponseBase:
    found = ProductFilter(request.GET, with_counts(visible_products(None)))
    table = PublicProductTable(found.qs)
    RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    if request.GET.get("export") == "csv":
        return kept(request, as_csv(table, "products", request.partnership))
    table.export_url = export_address(request)
    return page(request, "site/products.html", {"table": table, "filter": found})


@open_to(ANYONE)
@require_safe
def product(request: ActorRequest, ref: str) -> HttpResponseBase:
    shown = visible_or_404(with_counts(visible_products(None)), ref)
    clean = no_names()
    context = {
        "product": shown,
        "summary": clean(shown.summary),
        "language": language_name(shown.language),
        "document": _document(shown),
        "address": request.build_absolute_uri(request.path),
        "months": by_month(shown, request.today),
        "uses": _uses(shown, clean),
    }
    return page(request, "site/product.html", context)


@open_to(ANYONE)
@never_cache
@require_safe
def download(request: ActorRequest, ref: str) -> HttpResponseBase:
    """The file, or the way to where it lies; one more download today."""
    wanted = visible_or_404(visible_products(None), ref)
    document = _document(wanted)
    stored = document.file if document else None
    if document is None or (stored and not path_of(stored.sha256).exists()):
        raise Http404
    if request.method == "HEAD":  # only asks whether it is there
        return HttpResponse()
    count_download(wanted, request.today)
    if stored is None:
        return _cookieless(HttpResponseRedirect(document.url))
    answer = FileResponse(
        path_of(stored.sha256).open("rb"), as_attachment=True, filename=stored.name, content_type=stored.media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    return _cookieless(answer)


@open_to(ANYONE)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def used(request: ActorRequest, ref: str) -> HttpResponseBase:
    """What a stranger did with it. A token against forgery would mark the device: whoever forges may as well tell."""
    about = visible_or_404(visible_products(None), ref)
    form = UseForm(request.POST or None, initial={"used_on": request.today})

    def tell() -> bool:
        tell_use(about, request.today, **form.values)
        return True

    if attempt(form, tell):
        language = request.GET.get("language", "")
        then = f"{reverse('public_used', args=[ref])}?{urlencode({'told': '1', 'language': language})}"
        return _cookieless(HttpResponseRedirect(then))
    return page(request, "site/product_used.html", {"product": about, "form": form, "told": "told" in request.GET})


def _cookieless(answer: HttpResponseBase) -> HttpResponseBase:
    """Not even the language asked for stays on a stranger's device."""
    answer.cookieless = True  # type: ignore[attr-defined]
    return answer


def _document(product: Product) -> Document | None:
    """Where its document was taken back from the public, there is nothing to download."""
    return visible_documents(None).filter(products=product).first()


def _uses(product: Product, clean: Clean) -> list[PublicUse]:
    found = visible_uses(None).filter(product=product)[:USES_SHOWN]
    return [PublicUse(clean(u.used_by), u.used_on, str(u.place or ""), clean(u.how)) for u in found]
