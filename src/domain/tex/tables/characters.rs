//! Characters of text that LaTeX has names for: the kernel's, those of the text companion fonts, Vietnamese letters, quotation marks of
//! languages, and the signs of astronomy. Data only.

/// Control words and symbols of text and what they print, alternating.
pub(super) const CHARACTERS: &str = "ss ß SS SS o ø O Ø l ł L Ł ae æ AE Æ oe œ OE Œ aa å AA Å dh ð DH Ð th þ TH Þ dj đ DJ Đ ng ŋ NG Ŋ i ı j ȷ ij ĳ \
    IJ Ĳ % % & & _ _ # # $ $ S § P ¶ dag † ddag ‡ copyright © pounds £ euro € EUR € glqq „ grqq “ quotedblbase „ quotesinglbase ‚ \
    flqq « frqq » guillemotleft « guillemotright » guillemetleft « guillemetright » guilsinglleft ‹ guilsinglright › glq ‚ grq ‘ \
    flq ‹ frq › lbracket [ rbracket ] \
    ohorn ơ OHORN Ơ Ohorn Ơ uhorn ư UHORN Ư Uhorn Ư abreve ă ABREVE Ă acircumflex â ACIRCUMFLEX Â ecircumflex ê ECIRCUMFLEX Ê \
    ocircumflex ô OCIRCUMFLEX Ô \
    female ♀ male ♂ lightning ↯ smiley ☺ frownie ☹ blacksmiley ☻ grad ∇ laplacian ∇² curl ∇× degree ° textdegree ° textellipsis … celsius ℃ degreeCelsius ℃ \
    farcs .″ farcm .′ farcd .° fdg .° fd .ᵈ fh .ʰ fm .ᵐ fs .ˢ fp .ᵖ arcmin ′ arcsec ″ arcdeg ° degr ° micron μm sun ☉ Sun ☉ \
    solar ☉ earth ⊕ Earth ⊕ mercury ☿ Mercury ☿ venus ♀ Venus ♀ mars ♂ Mars ♂ jupiter ♃ Jupiter ♃ saturn ♄ Saturn ♄ uranus ♅ \
    Uranus ♅ neptune ♆ Neptune ♆ pluto ♇ Pluto ♇ Moon ☾ leftmoon ☾ rightmoon ☽ astrosun ☉ diameter ⌀ \
    textcopyright © textregistered ® texttrademark ™ textservicemark ℠ textcircledP ℗ textcopyleft 🄯 textsterling £ texteuro € \
    textyen ¥ textcent ¢ textcentoldstyle ¢ textdollar $ textdollaroldstyle $ textcurrency ¤ textcolonmonetary ₡ textdong ₫ \
    textflorin ƒ textguarani ₲ textlira ₤ textnaira ₦ textpeso ₱ textwon ₩ textbaht ฿ textsection § textparagraph ¶ textpilcrow ¶ \
    textendash – textemdash — textthreequartersemdash — texttwelveudash – textminus − textdblhyphen ⹀ textquoteleft ‘ \
    textquoteright ’ textquotedblleft “ textquotedblright ” textquotedbl \" textquotesingle ' textquotestraightbase ‚ \
    textquotestraightdblbase „ lq ‘ rq ’ textless < textgreater > textbar | textvertline | textbardbl ‖ textbrokenbar ¦ \
    textbackslash \\ textfractionsolidus ⁄ textasciitilde ~ texttildelow ˷ textasciicircum ^ textasciigrave ` textasciiacute ´ \
    textasciibreve ˘ textasciicaron ˇ textasciidieresis ¨ textasciimacron ¯ textacutedbl ˝ textgravedbl ˵ textunderscore _ \
    textbraceleft { textbraceright } textlbrackdbl ⟦ textrbrackdbl ⟧ textlangle ⟨ textrangle ⟩ textlquill ⁅ textrquill ⁆ \
    textpercent % textperthousand ‰ textpertenthousand ‱ textbullet • textopenbullet ◦ textbigcircle ◯ textasteriskcentered ∗ \
    textdagger † textdaggerdbl ‡ textreferencemark ※ textnumero № textmu µ textmicro µ textohm Ω textmho ℧ textcelsius ℃ \
    textdegreecelsius ℃ textonehalf ½ textonequarter ¼ textthreequarters ¾ textonesuperior ¹ texttwosuperior ² \
    textthreesuperior ³ textexclamdown ¡ textquestiondown ¿ textinterrobang ‽ textinterrobangdown ⸘ textordfeminine ª \
    textordmasculine º textvisiblespace ␣ textdiv ÷ textlnot ¬ textsurd √ textestimated ℮ textrecipe ℞ textdiscount ⁒ \
    textmusicalnote ♪ textmarried ⚭ textdivorced ⚮ textborn * textdied † textleaf ☙ textrightarrow → textleftarrow ← \
    textuparrow ↑ textdownarrow ↓ textleftrightarrow ↔ textprime ′ textschwa ə textesh ʃ textepsilon ɛ textzerooldstyle 0 \
    textoneoldstyle 1 texttwooldstyle 2 textthreeoldstyle 3 textfouroldstyle 4 textfiveoldstyle 5 textsixoldstyle 6 \
    textsevenoldstyle 7 texteightoldstyle 8 textnineoldstyle 9 textalpha α textbeta β textgamma γ textdelta δ textzeta ζ \
    texteta η texttheta θ textiota ι textkappa κ textlambda λ textnu ν textxi ξ textpi π textrho ρ textsigma σ texttau τ \
    textupsilon υ textphi φ textchi χ textpsi ψ textomega ω textGamma Γ textDelta Δ textTheta Θ textLambda Λ textXi Ξ textPi Π \
    textSigma Σ textPhi Φ textPsi Ψ textOmega Ω";
